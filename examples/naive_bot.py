"""A bot as first drafts look: it answers whatever comes, while the gateway waits.

python naive_bot.py 9000 (environment: MEGAAPI_GATEWAY, MEGAAPI_INSTANCE_KEY, MEGAAPI_TOKEN)

It works as long as every webhook comes once. The verdict finds that it answers duplicates, and its
own messages too, for ever.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen


class Bot(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, gateway, key, token, port=0):
        self.url = f"{gateway}/rest/sendMessage/{key}/text"
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        super().__init__(("127.0.0.1", port), Hook)

    def answer(self, event):
        data = {"to": event["key"]["remoteJid"], "text": "Obrigado pela mensagem!"}
        body = json.dumps({"messageData": data}).encode()
        urlopen(Request(self.url, body, self.headers), timeout=10).close()

    def close(self):
        self.shutdown()
        self.server_close()


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            if isinstance(event.get("message"), dict):
                self.server.answer(event)
            self.send_response(200)
        except OSError:
            self.send_response(500)
        self.end_headers()


if __name__ == "__main__":
    names = "MEGAAPI_GATEWAY", "MEGAAPI_INSTANCE_KEY", "MEGAAPI_TOKEN"
    Bot(*(os.environ[name] for name in names), port=int(sys.argv[1])).serve_forever()
