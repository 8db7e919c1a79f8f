"""A Lalia client written from docs/protocol.md alone: the standard library, and Ed25519 from the `cryptography` package or,
without it, from the `openssl` command (version 3).

    python3 lalia_client.py NAME PEER TEXT

registers NAME with a key of its own (kept in NAME.lalia.json, so that the next run is the same agent), tells PEER, waits
for one message from it, prints that, and acknowledges it.
"""
import base64, hashlib, json, os, secrets, socket, subprocess, sys, tempfile, time


class Client:
    def __init__(self):
        self.stream, self.count = socket.socket(socket.AF_UNIX), 0
        try:
            self.stream.connect(socket_path())
            self.lines = self.stream.makefile("rb")
        except (FileNotFoundError, ConnectionRefusedError):
            sys.exit("No daemon is running: run `lalia start` first.")
        except PermissionError:  # a sandbox
            from lalia_spool import Spool
            self.stream = self.lines = Spool()
        self.call("hello", client="lalia-python", version="1.0.0", protocol={"major": 1, "minor": 0})

    def call(self, method, **params):
        self.count += 1
        request = {"jsonrpc": "2.0", "id": self.count, "method": method, "params": params}
        self.stream.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(self.lines.readline() or sys.exit("The daemon went away."))
        if "error" in answer:
            raise RuntimeError("{reason}: {message} {retry_hint}".format(**answer["error"]["data"]))
        return answer["result"]

    def signed(self, method, **params):
        auth = {"agent_id": self.agent_id, "ts": time.time_ns() // 1_000_000, "nonce": secrets.token_urlsafe(18)}
        # Sorted like this is RFC 8785 only while keys are ASCII and numbers are integers, as they are in Lalia's params.
        content = {"method": method, "params": {**params, "auth": auth}}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return self.call(method, **params, auth={**auth, "sig": base64url(self.sign(text.encode()))})

    def register(self, name):
        file, known = f"{name}.lalia.json", {"seed": secrets.token_hex(32)}
        if os.path.exists(file):
            known = json.load(open(file))
        public_key, self.sign = ed25519(bytes.fromhex(known["seed"]))
        nowhere = dict.fromkeys(["repo_url", "repo_root", "main_repo_root", "worktree", "branch"])
        session = {"name": name, "project": None, "harness": None, "model": None, "harness_session": None, "anchor": None,
                   "location": {**nowhere, "worktree_kind": "outside", "cwd": os.getcwd()}}
        if "agent_id" in known:
            self.agent_id = known["agent_id"]
            return self.signed("register", **session)
        answer = self.call("register", **session, public_key=base64url(public_key))
        self.agent_id = known["agent_id"] = answer["agent"]["agent_id"]
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as private:
            json.dump(known, private)
        return answer


def socket_path():
    home = os.path.abspath(os.environ.get("LALIA_HOME") or os.path.expanduser("~/.lalia"))
    if len(os.fsencode(f"{home}/sock")) <= 103:
        return f"{home}/sock"
    folder = f"/tmp/lalia-{os.getuid()}"
    if os.path.exists(folder) and os.stat(folder).st_uid != os.getuid():
        sys.exit(f"{folder} belongs to another user.")
    return f"{folder}/{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}.sock"


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def ulid():
    number = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    return "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number >> shift & 31] for shift in range(125, -1, -5))


def ed25519(seed):
    """The public key of a private one, and a function that signs with it."""
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    except ImportError:
        pkcs8 = bytes.fromhex("302e020100300506032b657004220420") + seed  # RFC 8410
        public = openssl(pkcs8, b"", "pkey -inform DER -in {key} -pubout -outform DER")[-32:]
        return public, lambda text: openssl(pkcs8, text, "pkeyutl -sign -rawin -keyform DER -inkey {key} -in {text}")
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), key.sign


def openssl(key, text, command):
    with tempfile.TemporaryDirectory() as folder:  # mode 0700
        files = {"key": f"{folder}/key", "text": f"{folder}/text"}
        for name, data in (("key", key), ("text", text)):
            open(files[name], "wb").write(data)
        words = [word.format(**files) for word in command.split()]
        return subprocess.run(["openssl", *words], check=True, capture_output=True).stdout


if __name__ == "__main__":
    name, peer, text = sys.argv[1:]
    client = Client()
    client.register(name)
    peer_id = client.call("resolve", address=peer, kind="agent", project=None)["agent"]["agent_id"]
    sent = client.signed("tell", to=peer_id, id=ulid(), body=text)
    print(f"sent as number {sent['seq']} to {peer}, who is {sent['recipient']['presence']}", file=sys.stderr)
    delivery = client.signed("read", source={"kind": "channel", "agent_id": peer_id}, timeout_ms=300_000)
    print(delivery["messages"][0]["body"], flush=True)
    client.signed("ack", delivery_id=delivery["delivery_id"])
