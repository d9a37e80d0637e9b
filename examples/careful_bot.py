"""A bot that stands duplicates, bursts and its own echo: it takes note, says 200, and works later.

python careful_bot.py 9000 (environment: MEGAAPI_GATEWAY, MEGAAPI_INSTANCE_KEY, MEGAAPI_TOKEN)
"""

import json
import os
import sys
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Lock, Thread
from urllib.request import Request, urlopen

SILENT = {"reactionMessage", "protocolMessage"}  # nothing to answer: reactions, edits, deletions


class Bot(ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 128

    def __init__(self, gateway, key, token, port=0):
        self.url = f"{gateway}/rest/sendMessage/{key}/quoteMessage"
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.queue, self.lock, self.seen = Queue(), Lock(), deque(maxlen=10_000)
        super().__init__(("127.0.0.1", port), Hook)
        self.worker = Thread(target=self.work, daemon=True)
        self.worker.start()

    def take(self, event):
        key, message = event.get("key", {}), event.get("message")
        skipped = key.get("remoteJid", "").endswith(("status@broadcast", "@newsletter"))
        if key.get("fromMe") or skipped or not isinstance(message, dict) or SILENT & set(message):
            return
        with self.lock:  # copies come side by side
            if key["id"] not in self.seen:
                self.seen.append(key["id"])
                self.queue.put((key, message))

    def work(self):
        for key, message in iter(self.queue.get, None):
            data = {"to": key["remoteJid"], "text": "Obrigado!", "key": key, "message": message}
            request = Request(self.url, json.dumps({"messageData": data}).encode(), self.headers)
            try:
                urlopen(request, timeout=10).close()
            except OSError as error:
                print(f"{key['id']} is not answered: {error}", file=sys.stderr)

    def close(self):
        self.shutdown()
        self.server_close()
        self.queue.put(None)
        self.worker.join()


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.take(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()


if __name__ == "__main__":
    names = "MEGAAPI_GATEWAY", "MEGAAPI_INSTANCE_KEY", "MEGAAPI_TOKEN"
    Bot(*(os.environ[name] for name in names), port=int(sys.argv[1])).serve_forever()
