/* Transfer with order, both sides in memory: one ordered one-way sequence of N messages, acknowledged on the answers.
 *
 * A message whose turn has come is started and acknowledged at once. One that is early is kept, acknowledged and
 * started later, in order; one that does not fit is dropped and not acknowledged. The source may give up and say so;
 * what it takes for done is run all the same. A side that crashes has lost the session: a destination that was
 * restarted does not know the sequence, a source sends nothing more (the destination notices by its inactivity time-
 * out).
 *
 * What then holds: nothing runs twice or out of order, and the session fails for that reason alone; but messages that
 * were early and acknowledged, and thus reported as done, may not run when the destination crashes before their turn.
 *
 * safe N=4 WINDOW=2                           at least 3000 states
 * safe N=4 WINDOW=4                           at least 15000 states
 * live N=3 WINDOW=2 LOSSES=2                  at least 30000 states
 * mistake ACK_OF_DROPPED safe
 * mistake ORDER_SKIPPED safe
 * mistake RUN_TWICE safe
 * mistake NO_WINDOW safe
 * mistake STALE_ACK_FATAL safe
 * mistake REVIVED safe
 * mistake DROPPED_AT_THE_END live
 * mistake NOT_SENT_AGAIN live
 * goal DONE
 * goal FAILED_WITH_SOME_DONE
 * goal DONE_BUT_NEVER_RUN
 * goal RUN_AFTER_THE_END
 */
#include "network.pml"
#define DONE (reported == N && ran == ALL && !restarted)
#define FAILED_WITH_SOME_DONE (source == faulted && reported > 0 && reported < N)
#define DONE_BUT_NEVER_RUN (reported == N && ran != ALL && restarted)
#define RUN_AFTER_THE_END (ended && ran == ALL && acked == ALL)

mtype = { open, faulted, given_up, crashed };

/* on the way */
byte messages;   /* numbers */
int acks;        /* sets of numbers, each an acknowledgement */
bool unknown;    /* the fault UnknownSequence */
bool fault;      /* of the source: SequenceTerminated */

/* the source */
mtype source = open;
byte submitted;  /* 1..submitted have numbers */
byte acked;      /* what acknowledgements have named */
byte reported;   /* of 1..reported the application knows that they are done */

/* the destination */
byte taken;      /* kept or started; what it acknowledges */
byte started;    /* 1..started */
bool busy;       /* an operation runs: the next waits for its return */
bool restarted;  /* it has crashed: it does not know the sequence */
bool ended;      /* the source has given up */

/* what really happened, whoever has forgotten it */
byte ran;
byte ever_taken;
byte offered;    /* the greatest acknowledgement written */
byte losses = LOSSES;

#define OLDEST_UNACKED (HAS(acked, 1) -> (HAS(acked, 2) -> (HAS(acked, 3) -> 4 : 3) : 2) : 1)
#define FITS(i) ((i) > started && (i) - (started + 1) < WINDOW)
#define MAY_START(i) (!restarted && !busy && (i) <= N && HAS(taken, i))
#ifdef MISTAKE_DROPPED_AT_THE_END
#define CERTAIN UP_TO(started)
#else
#define CERTAIN (taken & ~(taken + 1))  /* 1..n without a gap */
#endif
#ifdef MISTAKE_NOT_SENT_AGAIN
#define MAY_SEND(i) (!sent)
#else
#define MAY_SEND(i) (!HAS(messages, i))
#endif

inline Acknowledge(set) {
  printf("destination: acknowledges the set %d\n", set);
  assert(WITHIN(offered, set));                                       /* S6 */
  offered = set;
  acks = acks | SET_BIT(set)
}

inline Start(i) {
  printf("destination: starts %d\n", i);
  assert(!HAS(ran, i));                                               /* S1 */
  assert(ran == UP_TO((i) - 1));                                      /* S2 */
  ran = ran | BIT(i);
  started = i;
  busy = true
}

inline Keep(i) {
  taken = taken | BIT(i);
  ever_taken = ever_taken | BIT(i);
  assert(i <= started + WINDOW);                                      /* S12 */
  if
  :: MAY_START(i) && i == started + 1 -> Start(i)
  :: else -> printf("destination: keeps %d\n", i)
  fi;
  Acknowledge(taken)
}

inline Receive(i) {
  if
  :: restarted || ended -> unknown = true; printf("destination: gets %d, UnknownSequence\n", i)
  :: !restarted && !ended && HAS(taken, i) -> printf("destination: gets a copy of %d\n", i);
#ifdef MISTAKE_RUN_TWICE
     if :: i == started -> busy = false; Start(i) :: else fi;
#endif
     Acknowledge(taken)
#ifdef MISTAKE_NO_WINDOW
  :: !restarted && !ended && !HAS(taken, i) -> Keep(i)
#else
  :: !restarted && !ended && !HAS(taken, i) && FITS(i) -> Keep(i)
#endif
  :: else -> printf("destination: has no place for %d\n", i);
#ifdef MISTAKE_ACK_OF_DROPPED
     Acknowledge(taken | BIT(i))
#else
     Acknowledge(taken)
#endif
  fi
}

inline Fault() {
  source = faulted;
  printf("source: the session is dead; 1..%d are done, of the others it does not know\n", reported);
  assert(restarted)                                                   /* L1: given up only with a reason */
}

inline TakeAck(set) {
  if
  :: WITHIN(acked, set) -> acked = set;
     assert(WITHIN(acked, ever_taken));                               /* S4 */
     do :: reported < N && HAS(acked, reported + 1) -> reported++ :: else -> break od;
     printf("source: takes the acknowledgement %d, 1..%d are done\n", set, reported)
  :: else -> printf("source: passes over the stale acknowledgement %d\n", set);
#ifdef MISTAKE_STALE_ACK_FATAL
     Fault()
#endif
  fi
}

active proctype Application() {
end: do :: d_step { source == open && submitted < N -> submitted++; printf("source: submits %d\n", submitted) } od
}
proctype Sending(byte i) {
  bool sent;
end: do
  :: d_step { source == open && i <= submitted && !HAS(acked, i) && i < OLDEST_UNACKED + WINDOW && MAY_SEND(i) ->
              messages = messages | BIT(i); sent = true; printf("source: sends %d\n", i) }
  od
}
proctype Receiving(byte i) { end: do ARRIVES(messages, BIT(i), Receive(i)) od }
proctype TakingAck(byte set) { end: do ARRIVES(acks, SET_BIT(set), if :: source == open -> TakeAck(set) :: else fi) od }
active proctype GivingUp() {
  if :: d_step { source == open -> source = given_up; fault = true; printf("source: gives up\n") } :: true fi
}
active proctype TakingFault() {
end: d_step { !restarted && (fault || source == crashed) -> ended = true; taken = CERTAIN;
              printf("destination: ends, having promised the set %d\n", taken) }
}
active proctype TakingUnknown() { end: do :: d_step { unknown && source == open -> Fault() } od }
active proctype Starting() {
end: do
  :: d_step { MAY_START(started + 1) -> Start(started + 1) }
#ifdef MISTAKE_ORDER_SKIPPED
  :: d_step { MAY_START(started + 2) -> Start(started + 2) }
#endif
  od
}
active proctype Returning() {
end: do :: d_step { busy -> busy = false; printf("destination: %d returns\n", started) } od
}
active proctype Crashing() {
  if
  :: d_step { taken = 0; started = 0; offered = 0; busy = false; printf("destination: crashes and restarts\n");
#ifndef MISTAKE_REVIVED
              restarted = true
#endif
            }
  :: d_step { source == open -> source = crashed; printf("source: crashes\n") }
  :: true
  fi
}
#ifdef LIVE
active proctype Losing() { end: do GETS_LOST(messages, ALL) GETS_LOST(acks, -1) od }
#endif

init {
  byte i;
  atomic {
    for (i : 1 .. N) { run Sending(i); run Receiving(i) }
    for (i : 0 .. ALL) { run TakingAck(i) }
  }
}

/* In the end nobody waits any more, and what was reported has run. */
ltl done { <> ((source != open || reported == N) && (restarted || WITHIN(UP_TO(reported), ran))) }
GOALS
