// Reads a mail back the way a mail program would: headers unfolded and decoded, text and HTML parts.

function decodeBytes(body, encoding) {
    if (encoding === 'base64') return Buffer.from(body.replace(/\s/g, ''), 'base64');
    if (encoding !== 'quoted-printable') return Buffer.from(body, 'utf8');
    const joined = body.replace(/=\r\n/g, '');
    return Buffer.from(joined.replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
        'latin1');
}

/** RFC 2047 encoded words. */
export function decodeWords(value) {
    return value
        .replace(/(\?=)\s+(=\?)/g, '$1$2')
        .replace(/(?:=\?utf-8\?B\?[^?]*\?=)+/gi, (run) => Buffer.concat(
            [...run.matchAll(/\?B\?([^?]*)\?=/gi)].map((m) => Buffer.from(m[1], 'base64'))).toString('utf8'));
}

function splitEntity(raw) {
    const at = raw.indexOf('\r\n\r\n');
    const headers = {};
    for (const line of raw.slice(0, at).replace(/\r\n[ \t]/g, ' ').split('\r\n')) {
        const colon = line.indexOf(':');
        headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    return { headers, body: raw.slice(at + 4) };
}

function partsOf({ headers, body }) {
    const type = headers['content-type'] ?? 'text/plain';
    const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
    if (!boundary)
        return [{ type, text: decodeBytes(body, headers['content-transfer-encoding']).toString('utf8') }];
    return body.split(`--${boundary}`).slice(1, -1)
        .flatMap((part) => partsOf(splitEntity(part.replace(/^\r\n/, '').replace(/\r\n$/, ''))));
}

/** {headers (lower-case names, decoded), subject, text, html} */
export function parseMail(raw) {
    const entity = splitEntity(raw);
    const parts = partsOf(entity);
    const headers = Object.fromEntries(
        Object.entries(entity.headers).map(([name, value]) => [name, decodeWords(value)]));
    const find = (type) => parts.find((part) => part.type.startsWith(type))?.text ?? '';
    return { headers, subject: headers.subject, text: find('text/plain'), html: find('text/html') };
}
