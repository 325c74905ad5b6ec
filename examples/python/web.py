# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small web service of the standard library alone: opens cases, tells them what happened, shows what is due, and sleeps on the next wake.

    web.py [--port N] [POLICY [STORE]]      http://localhost:8080/

    GET  /due                     what is due, as JSON; "/" is the same for people
    GET  /cases/ID                a case, and what may come next
    POST /cases                   {"id": "C-1", "kind": "complaint", "facts": {"window": "hall"}, "role": "agent"}
    POST /cases/ID/EVENT          {"role": "agent", "params": {…}, "key": "…"}

One thread owns the engine, and does the commands one after the other; between them it sleeps until the next deadline.
"""
import argparse
import asyncio
import html
import json
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import csvc

STATUS = {csvc.NotFoundError: 404, csvc.ExistsError: 409, csvc.ConflictError: 409, csvc.InvalidError: 422, csvc.FormError: 422}


class Desk:
    """The engine's thread: an event loop that wakes by itself, and does what others ask it."""

    def __init__(self, policy, store):
        self.ready = threading.Event()
        self.thread = threading.Thread(target=asyncio.run, args=(self.run(policy, store),), daemon=True)
        self.thread.start()
        self.ready.wait()

    async def run(self, policy, store):
        self.loop, self.stopped = asyncio.get_running_loop(), asyncio.Event()
        with csvc.Engine(store, policy) as self.engine:
            waking = asyncio.create_task(self.wake())
            self.ready.set()
            await self.stopped.wait()
            waking.cancel()
            await asyncio.wait([waking])

    async def wake(self):
        async for effects in self.engine.wakes():
            for effect in effects:
                if isinstance(effect, csvc.Notify):
                    print(f"{effect.at}: tell every {effect.role} ({effect.cause})", flush=True)

    def ask(self, function):
        """Calls function(engine) in the engine's thread."""
        async def called():
            return function(self.engine)
        return asyncio.run_coroutine_threadsafe(called(), self.loop).result()

    def stop(self):
        self.loop.call_soon_threadsafe(self.stopped.set)
        self.thread.join()


def words(values):
    """Facts out of JSON: texts are read as whatever type the fact has."""
    return {name: csvc.Text(value) if isinstance(value, str) else value for name, value in (values or {}).items()}


def answered(outcome):
    return (200 if outcome else 409), {"answer": str(outcome.answer), "effects": json.loads(outcome.effects.to_json())}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        parts = self.path.strip("/").split("/")
        if parts == [""]:
            rows = self.desk.ask(lambda engine: engine.due())
            self.page("".join(f"<tr><td>{html.escape(row.case)}<td>{html.escape(row.clock)}<td>{row.projected}<td>{row.state}" for row in rows))
        elif parts == ["due"]:
            self.reply(lambda engine: (200, [{"case": row.case, "clock": row.clock, "due": csvc.format_time(row.projected),
                                              "state": str(row.state)} for row in engine.due()]))
        elif len(parts) == 2 and parts[0] == "cases":
            def show(engine):
                case, now = engine.case(parts[1]), datetime.now(timezone.utc)
                return 200, {"states": case.states, "ended": case.ended, "next": json.loads(case.what_next(now).json)}
            self.reply(show)
        else:
            self.send_error(404)

    def do_POST(self):
        parts = self.path.strip("/").split("/")
        try:
            said = json.loads(self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 1 << 20)) or b"{}")
        except ValueError:
            return self.send_error(400, "no JSON")
        stamp = {"at": datetime.now(timezone.utc), "role": said.get("role"), "actor": said.get("actor"), "key": said.get("key")}
        if parts == ["cases"]:
            self.reply(lambda engine: answered(engine.open(said.get("kind", "complaint"), said.get("id", ""), customer=said.get("customer"),
                                                           facts=words(said.get("facts")), **stamp)))
        elif len(parts) == 3 and parts[0] == "cases":
            self.reply(lambda engine: answered(engine.fire(parts[1], parts[2], words(said.get("params")) or None, **stamp)))
        else:
            self.send_error(404)

    def reply(self, function):
        try:
            status, body = self.desk.ask(function)
        except csvc.Error as error:
            status, body = STATUS.get(type(error), 500), {"error": str(error)}
        except (TypeError, ValueError) as error:
            status, body = 422, {"error": str(error)}
        self.answer(status, "application/json", json.dumps(body, ensure_ascii=False))

    def page(self, rows):
        self.answer(200, "text/html", f"<!doctype html><meta charset=utf-8><title>due</title><table><tr><th>case<th>clock<th>due<th>state{rows}</table>")

    def answer(self, status, kind, text):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


def serve(policy, store, port):
    """The server, and the desk behind it."""
    desk = Desk(policy, store)
    return ThreadingHTTPServer(("127.0.0.1", port), type("BoundHandler", (Handler,), {"desk": desk})), desk


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("policy", nargs="?", default="desk.xml")
    parser.add_argument("store", nargs="?", default="memory:")
    options = parser.parse_args()
    server, desk = serve(csvc.Policy.load(options.policy), options.store, options.port)
    print(f"http://localhost:{server.server_port}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        desk.stop()


if __name__ == "__main__":
    main()
