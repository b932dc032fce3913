/* mail.h - SMTP by libcurl: MIME text and HTML, STARTTLS, AUTH. Queueing and retries are jobs
 * above. */
#ifndef NET_MAIL_H
#define NET_MAIL_H

#include "base/buf.h"
#include "base/pii.h"
#include "net/fetch.h"

struct mail_message {
    struct pii to;           /* one address, addr-spec */
    struct pii to_name;      /* may be empty */
    struct slice subject;    /* UTF-8 */
    struct slice text;       /* UTF-8, plain part */
    struct slice html;       /* may be empty */
    struct slice message_id; /* without <>: the same at every retry */
    int64_t date_ms;
    bool auto_submitted;           /* alerts: Auto-Submitted: auto-generated */
    struct slice list_unsubscribe; /* https URI of one-click unsubscribe (RFC 8058), or empty */
    struct slice list_id;          /* RFC 2919, without <>, or empty */
};

struct mail_opts {
    const char *smtp_url; /* smtp://host:587, smtps://host:465; operator's configuration */
    const char *user;     /* NULL: no AUTH */
    const char *password;
    const char *from; /* "Lethe <alerts@example.com>" or an addr-spec */
    bool require_tls; /* refuse to go on without STARTTLS, also with a loopback host; with any
                       * other it is always required */
    int timeout_ms;   /* 0: 30,000 */
};

/** The whole RFC 5322 message with CRLF lines is added to ret. The same input gives the same bytes.
 *  ERR_INVALID: an address (also opts->from) is none, or a header holds a control character, or a
 * text is not UTF-8 or holds a NUL; ERR_LIMIT (over 1 MiB). */
int mail_compose(const struct mail_opts *opts, const struct mail_message *message,
                 struct buf *ret) MUST_CHECK;
/** True for an address we would send to: one addr-spec of at most 254 bytes, ASCII: a name without
 *  quotes, a host name (an international one in its "xn--" form). */
bool mail_address_ok(struct slice address);

/** Sends; `done` gets the SMTP status (0: none came) in `status`, and in `err`
 *    0                accepted
 *    ERR_UNAVAILABLE  not sent: no connection, no TLS where it is required, or turned away at the
 * door ERR_BUSY         4xx: try again ERR_AUTH         not sent: user or password is wrong; the
 * operator must act, then try again ERR_REFUSED      5xx about this message: never ERR_TIMEOUT,
 * ERR_CLOSED   with `sent`: the message left, nobody knows whether it was taken ERR_CANCELED
 * stopping Returns ERR_INVALID and ERR_LIMIT as mail_compose does, ERR_SYNTAX for the URL, and what
 * fetch_send returns. Copies what it needs. `done` runs on a thread of mail's own. */
int mail_send(struct fetch *fetch, const struct mail_opts *opts, const struct mail_message *message,
              fetch_done *done, void *arg) MUST_CHECK;

#endif
