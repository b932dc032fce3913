/* mask.h - card numbers are never stored: they are masked before a text is sealed. */
#ifndef TALK_MASK_H
#define TALK_MASK_H

#include "base/slice.h"

/** Overwrites the digits of every valid card number in the text (13 to 19 digits in groups parted
 * by one space or hyphen, Luhn check of ISO/IEC 7812-1 holds) but its last four with '*'. Returns
 * how many were masked. */
size_t mask_cards(char *text, size_t len);

#endif
