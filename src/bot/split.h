/* split.h - a text too long for one message becomes several. */
#ifndef BOT_SPLIT_H
#define BOT_SPLIT_H

#include "base/slice.h"

/** Takes the next piece of at most `chars` (> 0) code points off the front of *rest: up to the end
 * of a paragraph, a sentence, a word, or, if there is none in its second half, of a letter with its
 *  marks. White space at the cut is dropped. False when nothing is left. */
bool split_next(struct slice *rest, size_t chars, struct slice *ret);

#endif
