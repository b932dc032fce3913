"""A real SMTP server (aiosmtpd) for tests that does as it is told.

usage: smtp_server.py [--port N] [--dir DIR] [--cert FILE --key FILE] [--require-tls]
                      [--user NAME --password WORD]

It prints one JSON object a line: {"port": N} first, then {"mail": {...}} for each mail it took and
{"session": "end"} for each connection that ended. With --dir it also keeps each mail as NNNN.eml.

It reads one JSON object a line from stdin, and ends with it:
  {"at": "connect|ehlo|mail|rcpt|data|end", "answer": "451 4.3.0 later", "times": 2}
  {"at": ..., "delay": 1.5, "times": 1}        seconds before it goes on
  {"at": ..., "drop": true, "times": 1}        hangs up; at "end" the mail counts as taken
  {"clear": true}
Behaviours at the same place are used up in the order they came. Each line is answered {"ok": true}.
"""

import argparse
import asyncio
import json
import logging
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Script:
    def __init__(self):
        self.steps = {}

    def add(self, step):
        if step.get("clear"):
            self.steps.clear()
        else:
            times = step.get("times", 1)
            self.steps.setdefault(step["at"], []).append([times, step])

    def take(self, place):
        queue = self.steps.get(place)
        if not queue:
            return {}
        queue[0][0] -= 1
        step = queue[0][1]
        if queue[0][0] <= 0:
            queue.pop(0)
        return step


class Handler:
    def __init__(self, script, folder):
        self.script = script
        self.folder = folder
        self.count = 0

    async def play(self, server, place):
        """Acts on what was asked for; returns the answer to give instead of the usual one, or None."""
        step = self.script.take(place)
        if step.get("delay"):
            await asyncio.sleep(step["delay"])
        if step.get("drop"):
            server.transport.abort()
            return "421 gone"
        return step.get("answer")

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        answer = await self.play(server, "ehlo")
        return [answer] if answer else responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        answer = await self.play(server, "mail")
        if answer:
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = await self.play(server, "rcpt")
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def keep(self, session, envelope):
        self.count += 1
        text = envelope.original_content.decode("utf-8", "surrogateescape")
        mail = {
            "number": self.count,
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "user": (session.auth_data or b"").decode() if session.authenticated else None,
            "raw": text,
        }
        if self.folder:
            with open(os.path.join(self.folder, "%04d.eml" % self.count), "wb") as out:
                out.write(envelope.original_content)
        say({"mail": mail})

    async def handle_DATA(self, server, session, envelope):
        step = self.script.steps.get("end")
        dropped = bool(step and step[0][1].get("drop"))
        answer = await self.play(server, "end")
        if answer and not dropped:
            return answer
        self.keep(session, envelope)
        return answer or "250 OK: kept as %d" % self.count


class Server(SMTP):
    """aiosmtpd has no hooks for the greeting and for DATA before its text."""

    async def _handle_client(self):
        answer = await self.event_handler.play(self, "connect")
        if answer:
            await self.push(answer)
            self.transport.close()
            return
        await super()._handle_client()

    async def smtp_DATA(self, arg):
        answer = await self.event_handler.play(self, "data")
        if answer:
            await self.push(answer)
            return
        await super().smtp_DATA(arg)

    def connection_lost(self, error):
        super().connection_lost(error)
        say({"session": "end"})


def say(what):
    print(json.dumps(what), flush=True)


def authenticator(user, password):
    def check(server, session, envelope, mechanism, data):
        good = data.login == user.encode() and data.password == password.encode()
        return AuthResult(success=good, handled=good, auth_data=data.login)

    return check


def tls_context(args):
    if not args.cert:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(args.cert, args.key)
    return context


async def serve(args):
    loop = asyncio.get_running_loop()
    script = Script()
    handler = Handler(script, args.dir)
    extra = {}
    if args.user:
        extra = {
            "authenticator": authenticator(args.user, args.password),
            "auth_required": True,
            "auth_require_tls": bool(args.cert),
        }
    context = tls_context(args)

    def factory():
        return Server(handler, hostname="smtp.example.com", tls_context=context, loop=loop,
                      require_starttls=args.require_tls, **extra)

    server = await loop.create_server(factory, "127.0.0.1", args.port)
    say({"port": server.sockets[0].getsockname()[1]})
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        script.add(json.loads(line))
        say({"ok": True})
    server.close()


def main():
    logging.disable(logging.CRITICAL)  # what clients do wrong here is meant
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--dir")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--require-tls", action="store_true")
    parser.add_argument("--user")
    parser.add_argument("--password")
    asyncio.run(serve(parser.parse_args()))


main()
