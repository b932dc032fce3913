/* admin_person.c - a person's rights by script: export and erasure. */
#include <unistd.h>

#include "api/call.h"
#include "base/err.h"
#include "cli/admin.h"
#include "privacy/erase.h"
#include "privacy/export.h"
#include "privacy/receipt.h"
#include "store/job.h"

enum { EXPORT_MAX = 32 * 1024 * 1024, LOOK_EVERY_MS = 20, LOOKS_MAX = 1000 };

static int read_id(struct admin *admin, int64_t *ret)
{
    if (id_parse(ID_PERSON, admin_text(admin, "id"), ret) < 0)
        return admin_fail(admin, ERR_NOT_FOUND,
                          "A person's id looks like per_… (see person find).");
    return 0;
}

static int export(struct turn *turn, void *arg)
{
    struct admin *admin = arg;
    struct buf text = BUF_INIT(EXPORT_MAX);
    struct json_out out;
    int64_t id;
    int r = read_id(admin, &id);

    json_out_init(&out, &text);
    if (r == 0)
        r = export_person(turn, admin->tenant, id, &out);
    if (r == 0)
        r = json_out_end(&out);
    if (r == 0)
        json_out_raw(&admin->out, "export", buf_slice(&text));
    buf_done(&text);
    return r == ERR_NOT_FOUND ? admin_fail(admin, r, "The firm knows nobody under this id.") : r;
}

int admin_person_export(struct admin *admin)
{
    return admin_read(admin, export);
}

/* The erasure's id is its person's: asking again finds the one that runs. */
static int request_erasure(struct turn *turn, void *arg)
{
    struct admin *admin = arg;
    int64_t id;
    int r = read_id(admin, &id);

    if (r == 0)
        r = erase_request(turn, admin->tenant, id, DOOR_COMMAND, &admin->object);
    return r == ERR_NOT_FOUND ? admin_fail(admin, r, "The firm knows nobody under this id.") : r;
}

static int show_erasure(struct turn *turn, void *arg)
{
    struct admin *admin = arg;
    struct slice receipt = SLICE_NONE;
    struct erasure e;
    int r = erase_load(turn, admin->tenant, admin->object, &e);

    if (r == 0 && e.step == ERASE_DONE)
        r = receipt_make(turn, &e, &receipt);
    if (r < 0)
        return r;
    admin->done = e.step == ERASE_DONE;
    call_out_id(&admin->out, "erasure", ID_REQUEST, e.id);
    json_out_str(&admin->out, "state", admin->done ? SLICE("erased") : SLICE("pending"));
    if (admin->done)
        json_out_raw(&admin->out, "receipt", receipt);
    return 0;
}

int admin_person_erase(struct admin *admin)
{
    struct store *store = admin->app->store;
    int i, r;

    if (!json_bool(admin->request, "yes", false))
        return admin_fail(admin, ERR_INVALID,
                          "An erasure can't be undone. Add --yes if you mean it.");
    r = admin_write(admin, request_erasure);
    if (r == 0 && !admin->app->ready) { /* no server runs: its jobs are ours */
        erase_start(store);
        r = job_run_start(store);
    }
    if (r == 0)
        r = admin_read(admin, show_erasure);
    for (i = 0; r == 0 && !admin->done && i < LOOKS_MAX; i++) {
        usleep(LOOK_EVERY_MS * 1000);
        r = admin_read(admin, show_erasure);
    }
    return r;
}
