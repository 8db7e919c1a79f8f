"""The spool of docs/protocol.md as a stream with `sendall` and `readline`: for a program whose sandbox refuses the socket."""
import hashlib, os, secrets, stat, sys, threading, time

FRAME, FRAMES = 262_144, 8
NO_DAEMON = "No daemon serves the spool: run `lalia start` outside of the sandbox."


class Spool:
    def __init__(self):
        folder, self.received, self.sent, self.buffer = spool_folder(), 1, 1, b""
        if not os.path.exists(f"{folder}/serving"):
            sys.exit(NO_DAEMON)
        self.folder = f"{folder}/{secrets.token_hex(16)}"
        os.mkdir(f"{self.folder}.new", 0o700)
        os.close(os.open(f"{self.folder}.new/client", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        os.rename(f"{self.folder}.new", self.folder)
        self.last, self.missed = None, 0
        threading.Thread(target=self.live, daemon=True).start()
        self.wait_for(lambda: os.path.exists(f"{self.folder}/daemon"))

    def live(self):
        """Says every second that this side is there, and looks whether the other one is."""
        while True:
            try:
                os.utime(f"{self.folder}/client")
                seen = os.stat(f"{self.folder}/daemon").st_mtime_ns
            except FileNotFoundError:
                seen = None
            self.missed = self.missed + 1 if seen == self.last else 0
            self.last = seen
            time.sleep(1)

    def wait_for(self, condition):
        """A program that watches the folder instead hears of it sooner."""
        while not condition():
            if self.missed >= 6 or not os.path.exists(self.folder):
                sys.exit(NO_DAEMON)
            time.sleep(0.01)

    def sendall(self, data):
        for start in range(0, len(data), FRAME):
            self.wait_for(lambda: not os.path.exists(f"{self.folder}/up-{self.sent - FRAMES}"))
            self.send_frame(data[start:start + FRAME])

    def send_frame(self, data):
        place = f"{self.folder}/up-{self.sent}"
        with open(os.open(f"{place}.new", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(data)
        os.rename(f"{place}.new", place)
        self.sent += 1

    def readline(self):
        """A line, or what there was when the stream ended."""
        while b"\n" not in self.buffer:
            place = f"{self.folder}/down-{self.received}"
            self.wait_for(lambda: os.path.exists(place))
            with open(os.open(place, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                frame = file.read(FRAME + 1)
            os.remove(place)
            self.received += 1
            if not frame:
                break
            self.buffer += frame
        line, newline, self.buffer = self.buffer.partition(b"\n")
        return line + newline

    def close(self):
        self.send_frame(b"")


def spool_folder():
    home = os.path.abspath(os.environ.get("LALIA_HOME") or os.path.expanduser("~/.lalia"))
    above = os.path.abspath(os.environ.get("LALIA_SPOOL") or f"/tmp/lalia-{os.getuid()}")
    folder = f"{above}/{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}.spool"
    if not os.path.lexists(folder):
        sys.exit(NO_DAEMON)
    own, upper = os.lstat(folder), os.lstat(above)
    if not stat.S_ISDIR(own.st_mode) or own.st_uid != os.getuid() or own.st_mode & 0o077:
        sys.exit(f"{folder} is not a private folder of this user.")
    is_open = upper.st_mode & 0o022 and not upper.st_mode & 0o1000
    if not stat.S_ISDIR(upper.st_mode) or upper.st_uid not in (0, os.getuid()) or is_open:
        sys.exit(f"{above} is not a folder that only this user can change.")
    return folder
