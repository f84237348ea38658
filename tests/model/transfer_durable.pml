/* Transfer with order over a store on both sides: a session survives the crash of either side, any number of times.
 *
 * Durable before visible: a number leaves when it is stored; an acknowledgement contains what is stored, whatever has
 * come since; an operation's effect and the mark that it has run are one transaction. This is what a store under the
 * engine has to keep to; with less, as in memory (transfer.pml), a crash is the end of the session.
 *
 * safe N=4 WINDOW=2                           at least 30000 states
 * safe N=4 WINDOW=4                           at least 200000 states
 * live N=3 WINDOW=2 LOSSES=2 CRASHES=1        at least 100000 states
 * mistake ACK_BEFORE_STORE safe
 * mistake MARK_APART safe
 * mistake FORGETS safe
 * mistake ORDER_SKIPPED safe
 * mistake NUMBER_REUSED safe
 * mistake NOT_SENT_AGAIN live
 * goal DONE_AFTER_CRASHES
 * goal ACK_LOST_IN_CRASH
 */
#include "network.pml"
#ifndef CRASHES
#define CRASHES 2
#endif
#define DONE_AFTER_CRASHES (closed && source_crashes == CRASHES && destination_crashes == CRASHES)
#define ACK_LOST_IN_CRASH (acked != UP_TO(submitted) && ran == UP_TO(submitted) && submitted == N && source_crashes > 0)

/* on the way */
byte messages;
int acks;

/* the source: in memory, and in its store */
byte submitted, submitted_stored;
byte acked, acked_stored;
bool closed;                     /* all is acknowledged, the application has been told so */
byte source_crashes;

/* the destination: in memory, and in its store */
byte kept, kept_stored;
byte started;                    /* 1..started are marked as run; the mark is part of the operation's transaction */
bool half;                       /* MARK_APART: the effect is there, the mark is not */
bool asked;                      /* an exchange waits for its answer */
byte destination_crashes;

/* what really happened */
byte numbered, ran, offered;
byte losses = LOSSES;

#define OLDEST_UNACKED (HAS(acked, 1) -> (HAS(acked, 2) -> (HAS(acked, 3) -> 4 : 3) : 2) : 1)
#ifdef MISTAKE_ACK_BEFORE_STORE
#define ACKNOWLEDGED kept
#else
#define ACKNOWLEDGED kept_stored
#endif
#ifdef MISTAKE_NOT_SENT_AGAIN
#define MAY_SEND(i) (!sent)
#else
#define MAY_SEND(i) (!HAS(messages, i))
#endif

inline Run(i) {
  printf("destination: runs %d\n", i);
  assert(!HAS(ran, i));                                               /* S1 */
  assert(ran == UP_TO((i) - 1));                                      /* S2 */
  ran = ran | BIT(i)
}

active proctype Submitting() {
end: do
  :: d_step { submitted < N && !closed -> submitted++; printf("source: gives out number %d\n", submitted);
              assert(submitted > numbered);                           /* S10 */
              numbered = submitted;
#ifndef MISTAKE_NUMBER_REUSED
              submitted_stored = submitted
#endif
            }
  od
}
proctype Sending(byte i) {
  bool sent;
end: do
  :: d_step { !closed && i <= submitted && !HAS(acked, i) && i < OLDEST_UNACKED + WINDOW && MAY_SEND(i) ->
              messages = messages | BIT(i); sent = true; printf("source: sends %d\n", i) }
  od
}
inline TakeAck(set) {
  if
  :: WITHIN(acked, set) -> acked = set; printf("source: takes the acknowledgement %d\n", set);
     assert(WITHIN(acked, kept_stored))                               /* S4 */
  :: else -> printf("source: passes over the stale acknowledgement %d\n", set)
  fi
}
proctype TakingAck(byte set) { end: do ARRIVES(acks, SET_BIT(set), if :: !closed -> TakeAck(set) :: else fi) od }
active proctype StoringAcks() { end: do :: d_step { acked != acked_stored -> acked_stored = acked } od }
active proctype Closing() {
  d_step { submitted == N && acked == ALL -> closed = true; printf("source: all is done\n") }
}
active proctype SourceCrashing() {
end: do
  :: d_step { source_crashes < CRASHES && !closed -> source_crashes++; printf("source: crashes and recovers\n");
              submitted = submitted_stored; acked = acked_stored }
  od
}

inline Receive(i) {
  printf("destination: gets %d\n", i);
  if :: i <= started + WINDOW -> kept = kept | BIT(i) :: else -> printf("destination: has no place\n") fi;
  asked = true
}
proctype Receiving(byte i) { end: do ARRIVES(messages, BIT(i), Receive(i)) od }
active proctype Storing() {
end: do :: d_step { kept != kept_stored -> kept_stored = kept; printf("destination: has stored %d\n", kept) } od
}
active proctype Answering() {
end: do
  :: d_step { asked -> asked = false; printf("destination: acknowledges the set %d\n", ACKNOWLEDGED);
              assert(WITHIN(offered, ACKNOWLEDGED));                  /* S6, over crashes too */
              assert(WITHIN(ACKNOWLEDGED, kept_stored));              /* S3 */
              offered = ACKNOWLEDGED;
              acks = acks | SET_BIT(ACKNOWLEDGED) }
  od
}
active proctype Running() {
end: do
#ifdef MISTAKE_MARK_APART
  :: d_step { !half && started < N && HAS(kept_stored, started + 1) -> Run(started + 1); half = true }
  :: d_step { half -> half = false; started++ }
#else
  :: d_step { started < N && HAS(kept_stored, started + 1) -> Run(started + 1); started++ }
#endif
#ifdef MISTAKE_ORDER_SKIPPED
  :: d_step { started + 2 <= N && HAS(kept_stored, started + 2) -> Run(started + 2); started = started + 2 }
#endif
  od
}
active proctype DestinationCrashing() {
end: do
  :: d_step { destination_crashes < CRASHES -> destination_crashes++; printf("destination: crashes and recovers\n");
#ifdef MISTAKE_FORGETS
              kept_stored = 0; started = 0;
#endif
              kept = kept_stored; asked = false; half = false }
  od
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

ltl done { <> (closed && ran == ALL) }
GOALS
