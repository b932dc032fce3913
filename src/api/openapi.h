/* openapi.h - the OpenAPI 3.1 document, made from the route tables and shapes. */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include "base/json_out.h"

void openapi_write(struct json_out *out, const char *public_url, const char *version);

#endif
