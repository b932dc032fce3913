import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { decodeWords, parseMail } from './mime.mjs';
import { start } from './smtp.mjs';

let smtp;
before(async () => { smtp = await start(); });
after(() => smtp.close());

/** Says each line when the reply to the one before has come; resolves with the replies' codes. */
async function talk(port, lines) {
    const socket = createConnection(port, '127.0.0.1');
    const codes = [];
    const say = [...lines];
    socket.on('error', () => {});
    for await (const line of createInterface({ input: socket })) {
        if (line[3] === '-') continue;
        codes.push(Number(line.slice(0, 3)));
        if (say.length) socket.write(`${say.shift()}\r\n`);
        else socket.end();
    }
    return codes;
}

const mail = ['EHLO test', 'MAIL FROM:<a@example.com>', 'RCPT TO:<ada@example.com>', 'DATA',
    'Subject: =?utf-8?B?w4RkYQ==?=\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nd=C3=A4 is=\r\n so\r\n.',
    'QUIT'];

test('a mail is kept and decoded', async () => {
    const waiting = smtp.waitForMail('ada@example.com', 'is so');
    assert.deepEqual(await talk(smtp.port, mail), [220, 250, 250, 250, 354, 250, 221]);
    const got = await waiting;
    assert.equal(got.from, 'a@example.com');
    assert.equal(got.subject, '\u00c4da');
    assert.equal(got.text, 'd\u00e4 is so\r\n');
    assert.equal(smtp.mails('ada@example.com').length, 1);
    assert.equal(smtp.mails('b@example.com').length, 0);
});

test('it refuses until told to accept', async () => {
    const before = smtp.mails().length;
    await smtp.refuse('451 4.3.0 later');
    assert.deepEqual(await talk(smtp.port, mail.slice(0, 2)), [220, 250, 451]);
    assert.deepEqual(await talk(smtp.port, mail.slice(0, 2)), [220, 250, 451]);
    await smtp.accept();
    await smtp.behave({ at: 'rcpt', answer: '550 5.1.1 unknown' });
    assert.deepEqual(await talk(smtp.port, mail.slice(0, 3)), [220, 250, 250, 550]);
    assert.equal(smtp.mails().length, before);
});

test('it may take a mail and hang up', async () => {
    const before = smtp.mails().length;
    await smtp.behave({ at: 'end', drop: true });
    assert.deepEqual(await talk(smtp.port, mail), [220, 250, 250, 250, 354]);
    await smtp.log.wait(() => smtp.mails().length === before + 1);
});

test('multipart mails give both parts', () => {
    const got = parseMail('Subject: x\r\nContent-Type: multipart/alternative;\r\n boundary="=_b"\r\n\r\n' +
        '--=_b\r\nContent-Type: text/plain\r\n\r\nhi\r\n' +
        '--=_b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+aGk8L3A+\r\n' +
        '--=_b--\r\n');
    assert.equal(got.text, 'hi');
    assert.equal(got.html, '<p>hi</p>');
    assert.equal(decodeWords('=?utf-8?B?w4Q=?= =?utf-8?B?w4Q=?= x'), '\u00c4\u00c4 x');
});
