"""The sample servers under attack, what they cost, and an honest client beside the attacker."""

import collections
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import wire

HERE = os.path.dirname(os.path.abspath(__file__))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Certificates:
    """An authority, a server, and two clients that it has certified."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="attack")
        self._run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=authority "
                  "-keyout authority.key -out authority.pem")
        for name in ("server", "alice", "mallory"):
            self._run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=%s -keyout %s.key "
                      "-out %s.csr" % (name, name, name))
            with open(self.path(name + ".ext"), "w") as extensions:
                extensions.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
            self._run("openssl x509 -req -days 2 -CA authority.pem -CAkey authority.key -CAcreateserial -extfile %s.ext "
                      "-in %s.csr -out %s.pem" % (name, name, name))

    def _run(self, command):
        subprocess.run(command.split(), cwd=self.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def path(self, name):
        return os.path.join(self.folder, name)

    def client(self, name=None):
        context = ssl.create_default_context(cafile=self.path("authority.pem"))
        if name:
            context.load_cert_chain(self.path(name + ".pem"), self.path(name + ".key"))
        return context

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Server:
    """A sample server in a process of its own, with what it has executed."""

    def __init__(self, program, options=()):
        self.port = free_port()
        self.executed = []
        self.process = subprocess.Popen([program, "--port", str(self.port), "--log", "--metrics"] + list(options),
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "READY\n":
            raise AssertionError("%s does not start: %s" % (program, self.process.stderr.read()))
        threading.Thread(target=self._read, daemon=True).start()
        self._errors = collections.deque(maxlen=1000)
        self._reader = threading.Thread(target=self._read_errors, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            if line.startswith("EXEC "):
                self.executed.append(line[5:].strip())

    def _read_errors(self):
        for line in self.process.stderr:
            self._errors.append(line)

    def count(self, text):
        """How often this was executed: "Add 1 2". What an answer tells of was logged before it."""
        time.sleep(0.02)
        return self.executed.count(text)

    def alive(self):
        return self.process.poll() is None

    def memory(self, line="VmRSS"):
        """Resident, in MB."""
        with open("/proc/%d/status" % self.process.pid) as status:
            return int(re.search(line + r":\s+(\d+)", status.read()).group(1)) / 1024

    def forget_peak(self):
        """The peak is from now on."""
        with open("/proc/%d/clear_refs" % self.process.pid, "w") as file:
            file.write("5")

    def peak(self):
        """The most memory that was ever resident, in MB."""
        return self.memory("VmHWM")

    def cpu(self):
        with open("/proc/%d/stat" % self.process.pid) as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def threads(self):
        return len(os.listdir("/proc/%d/task" % self.process.pid))

    def stop(self):
        """Its exit status; not 0 when a sanitizer or anything else has found something."""
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(30)
            self._reader.join(5)
            return status
        except subprocess.TimeoutExpired:
            self.process.kill()
            return -1

    def metrics(self):
        """Ends it, and what it has counted."""
        if self.stop() != 0:
            raise AssertionError("the server has ended with %r: %s" % (self.process.returncode, self.errors()))
        return {name: int(value) for name, value in re.findall(r"^(\w+)=(\d+)$", self.errors(), re.M)}

    def errors(self):
        return "".join(self._errors)


class Honest:
    """A client with a session of its own, in a process of its own, that calls all the time and takes the times."""

    def __init__(self, port, interval=0.002):
        self.process = subprocess.Popen([sys.executable, os.path.join(HERE, "honest.py"), str(port), str(interval)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def mark(self):
        """Calls, failures and the 99th percentile in milliseconds since the mark before."""
        self.process.stdin.write("mark\n")
        self.process.stdin.flush()
        calls, failures, p99 = self.process.stdout.readline().split()
        return int(calls), int(failures), float(p99)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(30)


class Listener:
    """Somebody whom the server might be made to connect to."""

    def __init__(self, address="127.0.0.1"):
        self.socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        self.socket.bind((address, 0))
        self.socket.listen(16)
        self.port = self.socket.getsockname()[1]
        self.socket.settimeout(0.01)

    def connections(self):
        count = 0
        try:
            while True:
                self.socket.accept()[0].close()
                count += 1
        except OSError:
            return count


class PostBox:
    """An address to which a server may post: takes everything with 202."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        self.connections, self.letters = 0, []
        self._changed = threading.Condition()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            connection = self.socket.accept()[0]
            self.connections += 1
            with connection, connection.makefile("rb") as stream:
                length = 0
                for line in iter(stream.readline, b"\r\n"):
                    if not line:
                        break
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                body = stream.read(length).decode("utf-8", "replace")
                connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            with self._changed:
                self.letters.append(wire.Answer(200, "", body))
                self._changed.notify_all()

    def wait(self, count):
        """The letter of that number, counted from 1."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.letters) >= count, 10):
                raise AssertionError("nothing was posted")
            return self.letters[count - 1]
