// A real SMTP server (aiosmtpd) that keeps mails for the test and refuses them when told.
//
//   const smtp = await start();                             // { port, user, password, cert, key, requireTls }
//   LETHE_MAIL_SMTP_URL = smtp.url
//   smtp.refuse('451 4.3.0 later');                          // every mail, until smtp.accept()
//   await smtp.behave({ at: 'rcpt', answer: '550 5.1.1 unknown', times: 1 });
//   await smtp.behave({ at: 'end', drop: true });            // takes the mail, then hangs up
//   const mail = await smtp.waitForMail('agent@example.com', 'asks for a person');
//   mail: { from, to, tls, user, raw, headers, subject, text, html }
//
// Places: connect, ehlo, mail, rcpt, data, end. From the command line: tests/fake/smtp_server.py
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Journal } from './common.mjs';
import { parseMail } from './mime.mjs';

const program = fileURLToPath(new URL('./smtp_server.py', import.meta.url));

function argumentsOf({ port = 0, user, password, cert, key, requireTls, dir }) {
    const args = [program, '--port', String(port)];
    for (const [name, value] of Object.entries({ user, password, cert, key, dir }))
        if (value) args.push(`--${name}`, value);
    if (requireTls) args.push('--require-tls');
    return args;
}

export async function start(options = {}) {
    const child = spawn('/usr/bin/python3', argumentsOf(options), { stdio: ['pipe', 'pipe', 'inherit'] });
    const log = new Journal();
    const reports = new Journal();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    createInterface({ input: child.stdout }).on('line', (line) => {
        const report = JSON.parse(line);
        if (report.mail) log.add({ ...report.mail, ...parseMail(report.mail.raw) });
        else reports.add(report);
    });
    const { port } = await reports.wait((report) => report.port, { what: 'the SMTP server', timeout: 10000 });

    const behave = async (step) => {
        const from = reports.items.length;
        child.stdin.write(`${JSON.stringify(step)}\n`);
        await reports.wait((report) => report.ok, { what: 'the SMTP server to obey', from });
    };
    return {
        url: `smtp://127.0.0.1:${port}`,
        port,
        log,
        behave,
        mails: (to) => log.items.filter((mail) => to === undefined || mail.to.includes(to)),
        refuse: (answer, times = 1e9) => behave({ at: 'mail', answer, times }),
        accept: () => behave({ clear: true }),
        waitForMail: (to, contains = '', wait = {}) => log.wait(
            (mail) => mail.to.includes(to) &&
                `${mail.subject}\n${mail.text}\n${mail.html}`.includes(contains),
            { what: `a mail to ${to} with "${contains}"`, ...wait }),
        close: async () => {
            child.stdin.end();
            await ended;
        },
    };
}
