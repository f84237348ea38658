/* What all models share: sets of numbers, and the network.
 *
 * A network is a set of messages on their way. Nothing says when one of them arrives, whether others overtake it, or
 * whether it ever does: loss, delay and reordering. One that arrives stays in the set: it may arrive again, at any time
 * later (duplication, replay). That is all that safety needs.
 *
 * Liveness (-DLIVE) needs messages that are really gone, otherwise nobody would have to send anything again: there a
 * message that arrives leaves the set or stays, and up to LOSSES of them vanish. Each process is one action on one
 * message, since weak fairness (pan -f) promises a turn to processes, not to the alternatives inside one.
 */
#ifndef N
#define N 4
#endif
#ifndef LOSSES
#define LOSSES 2
#endif

/* Sets of the numbers 1..N, one bit each. Sets of sets likewise: bit s stands for the set s. */
#define BIT(i) (1 << ((i) - 1))
#define HAS(set, i) (((set) & BIT(i)) != 0)
#define UP_TO(i) ((1 << (i)) - 1)
#define ALL UP_TO(N)
#define WITHIN(inner, outer) (((inner) & ~(outer)) == 0)
#define SET_BIT(s) (1 << (s))
#define HAS_SET(sets, s) (((sets) & SET_BIT(s)) != 0)

byte k;  /* for counting inside one step; 0 between steps */

/* Every action is one step. To see which statements are never reached, make model lets SPIN look into the steps. */
#ifdef COVER
#define d_step atomic
#endif

/* An alternative of a do: `what` happens when a message of `bits` is on its way in `wire`. */
#ifdef LIVE
#define ARRIVES(wire, bits, what) \
  :: d_step { ((wire) & (bits)) != 0 -> what; printf("    (and may come again)\n") } \
  :: d_step { ((wire) & (bits)) != 0 -> wire = (wire) & ~(bits); what }
#else
#define ARRIVES(wire, bits, what) :: d_step { ((wire) & (bits)) != 0 -> what }
#endif

/* An alternative of a do: one of `bits` gets lost. */
#define GETS_LOST(wire, bits) \
  :: d_step { losses > 0 && ((wire) & (bits)) != 0 -> \
              wire = (wire) & ~(bits); losses--; printf("network: loses a message\n") }

/* make model asks for each goal whether it can be reached at all: a model that does nothing violates nothing. The last
 * line of each model is GOALS. */
#ifdef REACH
#define GOALS active proctype Watch() { end: d_step { REACH -> printf("the goal is reached\n"); assert(false) } }
#else
#define GOALS
#endif
