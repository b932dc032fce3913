/* demo.h - `make run`: a sample firm with a working bot, so that there is something to try. */
#ifndef CLI_DEMO_H
#define CLI_DEMO_H

#include "cli/server.h"

/** Makes the sample firm when the installation is empty: a website "demo", its bot, all six profile
 *  fields with ready purposes. Does nothing otherwise. */
int demo_prepare(struct store *store) MUST_CHECK;
/** Prints the addresses to open on stderr, and the claim link while nobody owns the installation.
 */
int demo_announce(struct lethe *lethe, bool demo) MUST_CHECK;

#endif
