#include "store/open.h"

#include "base/codec.h"
#include "base/err.h"
#include "base/rand.h"
#include "store/schema.h"

#define TEXT_MAX (16u * 1024)

static const struct sql_stmt stmt_install = {
    "store.install", "INSERT INTO installation (id, data_id, created_at) VALUES (1, $1, $2)"
                     " ON CONFLICT DO NOTHING"};
static const struct sql_stmt stmt_data_id = {"store.data_id",
                                             "SELECT data_id FROM installation WHERE id = 1"};

static bool has(const struct table_info *table, const char *column)
{
    int i;

    for (i = 0; i < table->columns; i++)
        if (strcmp(schema_columns[table->first + i].name, column) == 0)
            return true;
    return false;
}

/* "SELECT max(m) FROM (SELECT max(COLUMN) AS m FROM TABLE UNION ALL ...)" over the tables that have
 * the column, and have not `without`. */
static int max_text(const char *column, const char *without, struct buf *ret)
{
    const char *glue = "SELECT max(m) FROM (";
    int t, r = 0;

    for (t = 0; t < TABLE_COUNT && r == 0; t++) {
        const struct table_info *table = &schema_tables[t];

        if (!has(table, column) || (without && has(table, without)))
            continue;
        r = buf_addf(ret, "%sSELECT max(%s) AS m FROM %s", glue, column, table->name);
        glue = " UNION ALL ";
    }
    return r < 0 ? r : buf_add(ret, slice_of(") AS highest", sizeof(") AS highest")));
}

/* The two statements' texts live as long as this call: the connection is not used afterwards. */
static int read_highest(struct sql *db, struct open_facts *ret)
{
    struct buf ids = BUF_INIT(TEXT_MAX), slots = BUF_INIT(TEXT_MAX);
    struct sql_stmt stmt_ids = {"store.ids", NULL}, stmt_slots = {"store.slots", NULL};
    int64_t slot = 0;
    int r = max_text("id", NULL, &ids);

    /* A table with `klass` only repeats slots: its class's stands in class_slot, its person's with
     * the person. Those tables are the large ones. */
    if (r == 0)
        r = max_text("slot", "klass", &slots);
    stmt_ids.text = ids.ptr;
    stmt_slots.text = slots.ptr;
    if (r == 0)
        r = sql_ask_int(db, &stmt_ids, SQL_NO_ARGS, 0, &ret->highest_id);
    if (r == 0)
        r = sql_ask_int(db, &stmt_slots, SQL_NO_ARGS, 0, &slot);
    ret->highest_slot = (vault_slot)slot;
    buf_done(&ids);
    buf_done(&slots);
    return r;
}

static int install(struct sql *db, int64_t now)
{
    char data_id[DATA_ID_SIZE];
    unsigned char bytes[16];
    int r = sql_begin(db, true);

    if (r < 0)
        return r;
    rand_bytes(bytes, sizeof(bytes));
    hex_encode(slice_of(bytes, sizeof(bytes)), data_id);
    r = sql_put(db, &stmt_install, SQL_ARGS(SQL_TEXT(slice_cstr(data_id)), SQL_INT(now)));
    if (r < 0) {
        sql_rollback(db);
        return r;
    }
    return sql_commit(db);
}

static int read_data_id(struct sql *db, struct open_facts *ret)
{
    CLEANUP(sql_rows_cleanup) struct sql_rows *rows = NULL;
    struct slice id;
    int r = sql_ask(db, &stmt_data_id, SQL_NO_ARGS, &rows);

    if (r < 0)
        return r;
    id = sql_rows_count(rows) == 1 ? sql_bytes(rows, 0, 0) : SLICE_NONE;
    if (id.len != DATA_ID_SIZE - 1)
        return ERR_DAMAGED;
    memcpy(ret->data_id, id.ptr, id.len);
    ret->data_id[id.len] = '\0';
    return 0;
}

int open_read_facts(const struct sql_opts *opts, int64_t now, struct open_facts *ret)
{
    struct sql *db;
    int r = sql_open(opts, &db);

    if (r < 0)
        return r;
    r = schema_migrate(db);
    if (r == 0)
        r = install(db, now);
    if (r == 0)
        r = read_data_id(db, ret);
    if (r == 0)
        r = read_highest(db, ret);
    sql_close(db);
    return r;
}
