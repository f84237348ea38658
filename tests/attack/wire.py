"""HTTP over sockets and envelopes as text: nothing of gSOAP, nothing that would keep to the rules by itself."""

import re
import socket
import uuid

ADDRESSING = "http://www.w3.org/2005/08/addressing"
ANONYMOUS = ADDRESSING + "/anonymous"
SOAP = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
RM = {"2005": "http://schemas.xmlsoap.org/ws/2005/02/rm", "1.1": "http://docs.oasis-open.org/ws-rx/wsrm/200702"}
SAMPLES = "http://Microsoft.ServiceModel.Samples"
FORMS = [(rm, soap) for rm in ("2005", "1.1") for soap in ("1.1", "1.2")]


def new_id():
    return "urn:uuid:" + str(uuid.uuid4())


class Answer:
    """What came back; status 0 when the connection ended without an answer."""

    def __init__(self, status=0, header="", body=""):
        self.status, self.header, self.body = status, header, body

    def fault(self):
        return re.search(r"<[\w-]+:Fault[\s>]", self.body) is not None

    def has(self, text):
        return text in self.body

    def text_of(self, element):
        found = re.search(r"<(?:\w+:)?" + element + r"(?:\s[^>]*)?>([^<]*)</", self.body)
        return found.group(1) if found else None

    def refused(self):
        return self.fault() and self.status >= 400

    def __repr__(self):
        return "HTTP %d %s" % (self.status, re.sub(r"\s+", " ", self.body)[:300])


class Connection:
    """One connection; `tls` is an ssl.SSLContext, `authorization` the value of that header line."""

    def __init__(self, port, tls=None, authorization=None, timeout=60):
        self.port, self.tls, self.authorization, self.timeout = port, tls, authorization, timeout
        self.socket = None
        self._open()

    def _open(self):
        if self.socket:
            self.socket.close()
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=self.timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = self.tls.wrap_socket(plain, server_hostname="localhost") if self.tls else plain
        self.unread, self.ended = b"", False

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        if self.ended:
            self._open()
        try:
            self.socket.sendall(data)
        except OSError:
            pass  # whoever refuses does not read on

    def receive(self):
        while b"\r\n\r\n" not in self.unread:
            if not self._more():
                self.ended = True
                return Answer()
        header, self.unread = self.unread.split(b"\r\n\r\n", 1)
        header = header.decode("latin-1")
        found = re.search(r"\r\nContent-Length: *(\d+)", header, re.I)
        length = int(found.group(1)) if found else 0
        while len(self.unread) < length:
            if not self._more():
                break
        self.ended = re.search(r"\r\nConnection: *close", header, re.I) is not None
        body, self.unread = self.unread[:length], self.unread[length:]
        return Answer(int(header.split()[1]), header, body.decode("utf-8", "replace"))

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except OSError:
            return False
        self.unread += data
        return bool(data)

    def exchange(self, request):
        """`request` is (content type, SOAPAction or None, entity)."""
        self.send(http_post(request, self.authorization))
        return self.receive()


def http_post(request, authorization=None, lines=""):
    content_type, action, entity = request
    if isinstance(entity, str):
        entity = entity.encode()
    head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\n" % content_type
    if action is not None:
        head += 'SOAPAction: "%s"\r\n' % action
    if authorization:
        head += "Authorization: %s\r\n" % authorization
    return (head + lines + "Content-Length: %d\r\n\r\n" % len(entity)).encode() + entity


def exchange(port, request, **how):
    with Connection(port, **how) as connection:
        return connection.exchange(request)


def escape(text):
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


class Form:
    """Messages in one version of WS-ReliableMessaging and one of SOAP."""

    def __init__(self, rm, soap):
        self.rm, self.soap = rm, soap

    def __str__(self):
        return "RM %s, SOAP %s" % (self.rm, self.soap)

    def request(self, header, body, action=None):
        envelope = '<s:Envelope xmlns:s="%s" xmlns:a="%s" xmlns:r="%s"><s:Header>%s</s:Header><s:Body>%s</s:Body></s:Envelope>' % (
            SOAP[self.soap], ADDRESSING, RM[self.rm], header, body)
        return self.raw(envelope, action)

    def raw(self, entity, action=None):
        if self.soap == "1.1":
            return ("text/xml; charset=utf-8", action or "", entity)
        return ("application/soap+xml; charset=utf-8", None, entity)

    def action(self, name):
        return RM[self.rm] + "/" + name

    def addressing(self, action, message_id="new", reply_to=ANONYMOUS, fault_to=None, to="http://localhost/"):
        blocks = '<a:Action s:mustUnderstand="1">%s</a:Action>' % escape(action)
        if message_id == "new":
            message_id = new_id()
        if message_id:
            blocks += "<a:MessageID>%s</a:MessageID>" % escape(message_id)
        if reply_to:
            blocks += "<a:ReplyTo><a:Address>%s</a:Address></a:ReplyTo>" % escape(reply_to)
        if fault_to:
            blocks += "<a:FaultTo><a:Address>%s</a:Address></a:FaultTo>" % escape(fault_to)
        return blocks + '<a:To s:mustUnderstand="1">%s</a:To>' % escape(to)

    def create(self, acks_to=ANONYMOUS, offer=None, endpoint=ANONYMOUS, expires=None, offer_expires=None, **addressing):
        body = "<r:CreateSequence>"
        if acks_to:
            body += "<r:AcksTo><a:Address>%s</a:Address></r:AcksTo>" % escape(acks_to)
        if expires is not None:
            body += "<r:Expires>%s</r:Expires>" % escape(expires)
        if offer:
            body += "<r:Offer><r:Identifier>%s</r:Identifier>" % escape(offer)
            if self.rm == "1.1" and endpoint:
                body += "<r:Endpoint><a:Address>%s</a:Address></r:Endpoint>" % escape(endpoint)
            if offer_expires is not None:
                body += "<r:Expires>%s</r:Expires>" % escape(offer_expires)
            body += "</r:Offer>"
        return self.request(self.addressing(self.action("CreateSequence"), **addressing), body + "</r:CreateSequence>",
                            self.action("CreateSequence"))

    def sequence(self, identifier, number, last=False):
        return ('<r:Sequence s:mustUnderstand="1"><r:Identifier>%s</r:Identifier><r:MessageNumber>%s</r:MessageNumber>%s'
                "</r:Sequence>") % (escape(identifier), number, "<r:LastMessage/>" if last else "")

    def acknowledgement(self, identifier, content):
        return "<r:SequenceAcknowledgement><r:Identifier>%s</r:Identifier>%s</r:SequenceAcknowledgement>" % (
            escape(identifier), content)

    def ranges(self, *ranges):
        return "".join('<r:AcknowledgementRange Lower="%s" Upper="%s"/>' % r for r in ranges)

    def add(self, n1, n2, padding=""):
        return '<Add xmlns="%s"><n1>%s</n1><n2>%s</n2>%s</Add>' % (SAMPLES, n1, n2, padding)

    def call(self, identifier, number, n1, n2, blocks="", padding="", last=False, **addressing):
        action = SAMPLES + "/ICalculator/Add"
        header = blocks + self.sequence(identifier, number, last) + self.addressing(action, **addressing)
        return self.request(header, self.add(n1, n2, padding), action)

    def protocol(self, name, header="", body="", **addressing):
        return self.request(header + self.addressing(self.action(name), **addressing), body, self.action(name))

    def ask(self, identifier):
        block = "<r:AckRequested><r:Identifier>%s</r:Identifier></r:AckRequested>" % escape(identifier)
        return self.protocol("AckRequested", block)

    def acknowledge(self, identifier, content):
        return self.protocol("SequenceAcknowledgement", self.acknowledgement(identifier, content))

    def ending(self, name, identifier, last=None, header=""):
        """CloseSequence (1.1) or TerminateSequence."""
        body = "<r:%s><r:Identifier>%s</r:Identifier>" % (name, escape(identifier))
        if last is not None and self.rm == "1.1":
            body += "<r:LastMsgNumber>%s</r:LastMsgNumber>" % last
        return self.protocol(name, header, body + "</r:%s>" % name)

    def last_message(self, identifier, number, header=""):
        """February 2005's way to say how many there are."""
        return self.protocol("LastMessage", header + self.sequence(identifier, number, last=True))


class Session:
    """A session by hand: what it does is what the attack asks for."""

    def __init__(self, form, connection, offer=True):
        self.form, self.connection = form, connection
        self.offered = new_id() if offer else None
        self.created = form.create(offer=self.offered)
        answer = connection.exchange(self.created)
        self.identifier = answer.text_of("Identifier") if answer.status == 200 and not answer.fault() else None
        if not self.identifier:
            raise AssertionError("no session: %r" % answer)

    def call(self, number, n1=1, n2=2, connection=None, **how):
        return (connection or self.connection).exchange(self.form.call(self.identifier, number, n1, n2, **how))

    def works(self, number, n1=20, n2=22, replies=None):
        """Message `number` is answered with its sum; acknowledges the replies before it."""
        blocks = ""
        if self.offered and number > 1:
            blocks = self.form.acknowledgement(self.offered, self.form.ranges((1, (replies or number - 1))))
        answer = self.call(number, n1, n2, blocks=blocks)
        return answer.status == 200 and answer.text_of("AddResult") == str(n1 + n2)

    def finish(self, last):
        """Ends it as it should be, so that its place is free."""
        form, ending = self.form, ""
        if self.offered and last:
            ending = form.acknowledgement(self.offered, form.ranges((1, last)) + ("<r:Final/>" if form.rm == "1.1" else ""))
        if form.rm == "1.1":
            self.connection.exchange(form.ending("CloseSequence", self.identifier, last or None, ending))
        else:
            self.connection.exchange(form.last_message(self.identifier, last + 1, ending))
            if self.offered:
                ending = form.acknowledgement(self.offered, form.ranges((1, last + 1)))
        return self.connection.exchange(form.ending("TerminateSequence", self.identifier, last or None, ending))
