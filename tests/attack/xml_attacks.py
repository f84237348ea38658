"""XML, HTTP and MIME made to cost the server more than the client: at most 0.2 s of CPU for a MB, a clear refusal, and
memory that comes back."""

import gzip
import re
import zlib

from attacks import Marked, attack, expect
from wire import ANONYMOUS, Answer, Connection, Session, http_post, new_id

SECONDS_PER_MEGABYTE = 0.2


def costs(world, connection_bytes, megabytes, what, answers=(500,)):
    """Sends it on a connection of its own; what the server spends on it."""
    before, server = world.server.cpu(), world.server
    with Connection(server.port) as connection:
        connection.send(connection_bytes)
        answer = connection.receive()
    spent = server.cpu() - before
    expect(answer.status in answers, "%s: %r" % (what, answer))
    expect(answer.status == 0 or answer.fault(), "%s: %r" % (what, answer))
    # The clock of the system ticks a hundred times a second.
    world.expect_time(spent, SECONDS_PER_MEGABYTE * megabytes + 0.05, "%s: %.2f s for %.2f MB" % (what, spent, megabytes))
    return answer


def refused(world, form, entity, what, sentence, lines=""):
    mark = Marked(world.server)
    entity = entity.replace("MARK", str(mark.n1))
    answer = costs(world, http_post(form.raw(entity), lines=lines), len(entity) / 1e6, what)
    expect(sentence in answer.body, "%s: %r" % (what, answer))
    mark.expect_executed(0, what)


def body_with(form, children, attributes="", header=""):
    entity = form.request(header, form.add("MARK", 1, children))[2]
    return entity.replace("<Add ", "<Add%s " % attributes, 1)


def names(count, prefix="", on_one=None):
    on_one = on_one or count
    return "".join("<b%s/>" % "".join(' %sa%d="u"' % (prefix, i) for i in range(start, min(start + on_one, count)))
                   for start in range(0, count, on_one))


@attack(29, "attributes, namespaces, depth")
def structure(world, form):
    refused(world, form, body_with(form, names(32000)), "32,000 attributes", "attributes")
    refused(world, form, body_with(form, names(32000, on_one=200)), "32,000 attributes on many elements", "attributes")
    refused(world, form, body_with(form, names(32000, "xmlns:")), "32,000 namespaces", "namespaces")
    refused(world, form, body_with(form, "<b>" * 200000 + "</b>" * 200000), "depth 200,000", "deep")
    refused(world, form, body_with(form, "<b>" * 200000), "depth 200,000, never closed", "deep")
    refused(world, form, body_with(form, names(500, on_one=200) + "<b/>" * 200000), "names, then elements", "elements")
    scope = "".join(' xmlns:p%d="u"' % i for i in range(60))
    refused(world, form, body_with(form, '<p0:n1/>' * 120000, scope).replace("<s:Body", "<s:Body" + scope.replace(":p", ":q")),
            "namespaces in scope, then elements", "elements")
    refused(world, form, body_with(form, "", header="<x/>" * 1000), "1,000 header blocks", "blocks")
    refused(world, form, body_with(form, "", header="<x>" + "x" * 70000 + "</x>"), "a long header", "long")


@attack(29, "DOCTYPE, entities, instructions")
def declarations(world, form):
    bomb = '<!DOCTYPE x [<!ENTITY a "%s">%s]>' % ("x" * 1000, "".join(
        '<!ENTITY %s "%s">' % (name, ("&%s;" % before) * 10) for before, name in zip("abcdefgh", "bcdefghi")))
    external = '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd" [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
    for what, declaration in (("a bomb of entities", bomb), ("external entities", external)):
        refused(world, form, declaration + body_with(form, "<b>&i;</b>"), what, "DOCTYPE")
        refused(world, form, body_with(form, declaration), what + " within", "DOCTYPE")
    refused(world, form, body_with(form, "<?x?>" * 100000), "instructions", "instruction")
    refused(world, form, '<?xml version="1.0"?>\n<?xml-stylesheet href="x"?>' + body_with(form, ""), "a stylesheet", "instruction")


@attack(29, "ids that are many, the same, or alike")
def ids(world, form):
    def chain(text):
        value = 35
        for character in text:
            value = value * 65599 + ord(character) & 0xffffffffffffffff
        return value % 1999

    alike, number = [], 0
    while len(alike) < 200:
        number += 1
        if chain(str(number)) == 7:
            alike.append(number)
    refused(world, form, body_with(form, "".join('<b id="%d"/>' % i for i in alike)), "ids in one chain", "ids")
    refused(world, form, body_with(form, '<b id="x"/>' * 20000), "20,000 times one id", "ids")
    entity = body_with(form, "".join('<b id="i%d"/>' % i for i in range(20000))).replace("MARK", "1")
    before = world.server.cpu()
    with Connection(world.server.port) as connection:
        connection.exchange(form.raw(entity))
    world.expect_time(world.server.cpu() - before, SECONDS_PER_MEGABYTE * len(entity) / 1e6 + 0.05, "20,000 ids")


@attack(29, "bodies that do not end")
def endless(world, form):
    content_type, action, _ = form.raw("")
    head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\n" % content_type
    piece = b"<x>" + b"x" * 0xfffa + b"y"
    memory = world.server.memory()
    for lines, first in (("Transfer-Encoding: chunked\r\n", None), ("Content-Length: 67108864\r\n", b"<x>"),
                         ("Content-Length: 3221225472\r\n", b"<x>"), ("Content-Length: 18446744073709551616\r\n", b"<x>"),
                         ("Content-Length: -1\r\n", b"<x>")):
        with Connection(world.server.port) as connection:
            connection.send((head + lines + "\r\n").encode() + (first or b""))
            sent = 0
            if first is None:
                # Three gigabytes, as far as anybody reads them.
                while sent < 3 * 2 ** 30:
                    try:
                        connection.socket.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
                    except OSError:
                        break
                    sent += len(piece)
                expect(sent < 64 * 2 ** 20, "%d bytes were read" % sent)
            answer = connection.receive() if first else Answer()
        expect(answer.status == 0 or answer.refused() or answer.status >= 400, "%s: %r" % (lines, answer))
    world.expect_memory(world.server.memory() - memory, 32)


@attack(29, "compressed bombs")
def bombs(world, form):
    memory = world.server.memory()
    plain = body_with(form, "<b>" + " " * world.many(64 << 20, 16 << 20) + "</b>").replace("MARK", "1").encode()
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = compressor.compress(plain) + compressor.flush()
    bomb = gzip.compress(plain)
    for what, encoding, entity in (("gzip 1000:1", "gzip", bomb), ("deflate", "deflate", zlib.compress(plain)),
                                   ("raw deflate", "deflate", raw), ("gzip in gzip", "gzip", gzip.compress(bomb)),
                                   ("no gzip", "gzip", b"<x/>" * 1000), ("half", "gzip", bomb[:len(bomb) // 2])):
        content_type, action, _ = form.raw("")
        costs(world, http_post((content_type, action, entity), lines="Content-Encoding: %s\r\n" % encoding), 4.2, what, (400, 500))
    world.expect_memory(world.server.memory() - memory, 32)


@attack(29, "XML where none is expected: other types, no HTTP, DIME, other parts")
def hidden(world, form):
    hostile = body_with(form, names(8000)).encode()
    mark = Marked(world.server)
    hostile = hostile.replace(b"MARK", b"%d" % mark.n1)
    honest = form.request("", form.add(mark.n1, 1))[2].encode()
    content_type = form.raw("")[0]
    dime = b"\x0c\x20" + bytes(8) + len(hostile).to_bytes(2, "big") + hostile if len(hostile) < 65536 else b""
    part = b"--b\r\nContent-Type: text/xml\r\nContent-ID: <%s>\r\n\r\n%s\r\n"
    related = 'multipart/related; boundary=b; start="<root>"; type="text/xml"'
    cases = [
        ("no type", http_post(("", None, hostile))),
        ("another type", http_post(("application/json", None, hostile))),
        ("control characters first", http_post((content_type, None, b"\x01\x02 " + hostile))),
        ("no HTTP", hostile),
        ("no HTTP, blanks first", b"\r\n \x01" + hostile),
        ("no HTTP, multipart", part % (b"root", hostile) + b"--b--"),
        ("a response", b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(hostile) + hostile),
        ("no method", b"X\r\nContent-Length: %d\r\n\r\n" % len(hostile) + hostile),
        ("DIME", http_post(("application/dime", None, dime))),
        ("multipart for gSOAP only", http_post(("text/xml; multipart/related; boundary=b", None, part % (b"root", hostile) + b"--b--"))),
        ("another root for gSOAP", http_post((related, None, part % (b"%72oot", hostile) + part % (b"root", honest) + b"--b--"))),
        ("a delimiter within a line", http_post((related, None, b"x" + part % (b"root", hostile) + part % (b"root", honest) + b"--b--"))),
        ("UTF-16", http_post((content_type, None, hostile.decode().encode("utf-16")))),
        ("behind GET", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + hostile),
    ]
    for what, data in cases:
        before = world.server.cpu()
        with Connection(world.server.port) as connection:
            connection.send(data)
            answer = connection.receive()
        expect(answer.status != 200 or what == "behind GET", "%s: %r" % (what, answer))
        spent = world.server.cpu() - before
        limit = SECONDS_PER_MEGABYTE * len(data) / 1e6 + 0.05
        world.expect_time(spent, limit, "%s: %.2f s for %d bytes" % (what, spent, len(data)))
    mark.expect_executed(0)


@attack(29, "HTTP headers that do not end", forms=None)
def headers(world, _):
    memory = world.server.memory()
    for line in (b'SOAPAction: "%s"\r\n' % (b"x" * 4000), b"X: y\r\n", b"Authorization: Basic %s\r\n" % (b"eHg6" * 1000),
                 b"HTTP/1.1 100 Continue\r\n\r\n"):
        with Connection(world.server.port) as connection:
            try:
                connection.socket.sendall(b"POST / HTTP/1.1\r\n" if b"100" not in line else b"")
                sent = 0
                while sent < 64 << 20:
                    connection.socket.sendall(line * (65536 // len(line) + 1))
                    sent += 65536
                expect(False, "64 MB of header were read")
            except OSError:
                pass
    world.expect_memory(world.server.memory() - memory, 32)


@attack(29, "a refused message in a session")
def in_session(world, form):
    """It takes neither a number nor anything else of the session."""
    with Connection(world.server.port) as connection:
        victim = Session(form, connection)
        expect(victim.works(1), "message 1 does not work")
        mark = Marked(world.server)
        for padding in (names(1000), "<b>" * 200 + "</b>" * 200, "<?x?>", "<!DOCTYPE x>", "<b></c>", "x" * (5 << 20)):
            answer = Session.call(victim, 2, mark.n1, mark.n2, padding=padding)
            expect(answer.status in (400, 500) and answer.fault(), answer)
            if answer.status == 0 or "close" in answer.header:
                victim.connection = Connection(world.server.port)
        mark.expect_executed(0)
        expect(victim.works(2), "the session has changed")
        victim.finish(2)


def blocks_of(header):
    """The elements at the top."""
    found, depth, begin = [], 0, 0
    for tag in re.finditer(r"<(/?)[^>]*?(/?)>", header):
        if depth == 0:
            begin = tag.start()
        depth += -1 if tag.group(1) else 0 if tag.group(2) else 1
        if depth == 0:
            found.append(header[begin:tag.end()])
    return found


def mutations(block):
    name = re.match(r"<([\w:]+)", block).group(1)
    prefix = name.split(":")[0]
    return {
        "absent": "",
        "twice": block * 2,
        "empty": "<%s/>" % name,
        "without texts": re.sub(">[^<]+<", "><", block),
        "nil": '<%s xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>' % name,
        "huge": "<%s>%s</%s>" % (name, "x" * 60000, name),
        "over the limit": "<%s>%s</%s>" % (name, "x" * 70000, name),
        "of another namespace": block.replace("<" + name, '<%s xmlns:%s="urn:other"' % (name, prefix), 1),
        "a reference": '<%s href="#x"/>' % name,
        "a reference to itself": '<%s id="x" href="#x"/>' % name,
        "within itself": "<%s>%s</%s>" % (name, block, name),
        "other children": "<%s><x/><a:Address/><r:Identifier/>x</%s>" % (name, name),
        "nothing of it closed": block.split(">")[0] + ">",
    }


def message_of(kind, form, victim, mark):
    acknowledgement = form.acknowledgement(victim.offered, form.ranges((1, 1)))
    if kind == "call":
        return form.call(victim.identifier, 2, mark.n1, mark.n2, acknowledgement, fault_to=ANONYMOUS)
    if kind == "create":
        return form.create(offer=new_id())
    if kind == "ending":
        return form.ending("TerminateSequence", victim.identifier, 1, acknowledgement)
    return form.ask(victim.identifier)


@attack(29, "header blocks that are absent, twice, empty, nil, huge, references")
def mutated(world, form):
    """Each block of each kind of message. Whatever is answered, it is an answer; what is refused is not executed, and
    nothing is executed twice."""
    world = world.fresh(["--set", "max_pending_channels=1000", "--set", "max_sessions=10000"])
    witness, connection = Session(form, Connection(world.server.port)), Connection(world.server.port)
    for kind in ("call", "create", "ending", "ask"):
        index, cases = 0, [None]
        while index < len(cases):
            # A session for each case, since most errors end it.
            victim, mark = Session(form, connection), Marked(world.server)
            victim.works(1)
            content_type, action, entity = message_of(kind, form, victim, mark)
            before, header, behind = re.match("(.*<s:Header>)(.*)(</s:Header>.*)", entity, re.S).groups()
            cases = [(block, how, other) for block in blocks_of(header) for how, other in mutations(block).items()]
            block, how, other = cases[index]
            what = "%s, %.30s %s" % (kind, block, how)
            answers = [connection.exchange((content_type, action, before + header.replace(block, other, 1) + behind))
                       for _ in range(2)]
            for answer in answers:
                expect(answer.status in (200, 202, 400, 500), "%s: %r" % (what, answer))
            if kind == "call":
                executed = mark.executed()
                expect(executed <= (0 if answers[0].fault() else 1), "%s: executed %d times" % (what, executed))
            victim.finish(2)
            index += world.many(1, 5)
    expect(witness.works(1), "a session beside it has changed")
    witness.finish(1)
