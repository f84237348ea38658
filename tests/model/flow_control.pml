/* Flow control: a source with a window of N, a destination with room for ROOM messages that are not started yet.
 *
 * BufferRemaining in an acknowledgement is that room. Ours never writes 0 (it would stop a WCF client for 30 s) but
 * leaves the field out; a WCF service writes 0, and the source then sends nothing new. It asks with AckRequested until
 * there is room. The source counts what it sends against the room that it knows; acknowledgements without news can only
 * enlarge it.
 * No crash: the room is no durable state, and a session dies as in transfer.pml.
 *
 * safe N=4 ROOM=1                             at least 2000 states
 * safe N=4 ROOM=2                             at least 10000 states
 * live N=3 ROOM=1 LOSSES=1                    at least 20000 states
 * mistake ZERO_WRITTEN safe
 * mistake ROOM_NOT_COUNTED safe
 * mistake SENT_WITHOUT_ROOM safe
 * mistake NO_BUFFER_LIMIT safe
 * mistake NO_POLL live
 * mistake POLL_ONCE live
 * goal DONE
 * goal BLOCKED
 * goal BLOCKED_BY_OURS
 */
#include "network.pml"
#define UNLIMITED (ROOM + 1)
#define DONE (started == N && acked == ALL)
#define BLOCKS (room == 0 && sent < N)
#define BLOCKED (BLOCKS && writes_zero && acked == UP_TO(sent))
#define BLOCKED_BY_OURS (BLOCKS && !writes_zero)

/* on the way */
byte messages;
bool ack_requested;
int acks[ROOM + 2];     /* for each room that they name: sets of numbers */

/* the source */
byte sent;              /* 1..sent were sent at least once */
byte acked;
byte room = UNLIMITED;  /* what may be sent for the first time */

/* the destination */
bool writes_zero;       /* as WCF's service does */
byte taken, started;
bool busy;
byte allowed = N;       /* how far the acknowledgements let it go, in truth */
byte losses = LOSSES;

#define COUNT(s) (((s) & 1) + (((s) >> 1) & 1) + (((s) >> 2) & 1) + (((s) >> 3) & 1))
#define BUFFERED (COUNT(taken) - started)
#ifdef MISTAKE_SENT_WITHOUT_ROOM
#define HAS_ROOM true
#else
#define HAS_ROOM (room > 0)
#endif
#ifdef MISTAKE_NO_BUFFER_LIMIT
#define FITS(i) true
#else
#define FITS(i) ((i) <= started + ROOM)
#endif

inline Acknowledge() {
  k = ROOM - BUFFERED;
#ifndef MISTAKE_ZERO_WRITTEN
  if :: k == 0 && !writes_zero -> k = UNLIMITED :: else fi;
#endif
  assert(k > 0 || writes_zero);                                       /* ours never writes 0 */
  acks[k] = acks[k] | SET_BIT(taken);
  printf("destination: acknowledges the set %d, room for %d\n", taken, k);
  k = 0
}

inline Receive(i) {
  if
  :: !HAS(taken, i) && FITS(i) -> taken = taken | BIT(i); printf("destination: takes %d\n", i);
     if :: i == started + 1 && !busy -> started = i; busy = true :: else fi;
     assert(BUFFERED <= ROOM)                                         /* S12 */
  :: !HAS(taken, i) && !FITS(i) -> printf("destination: has no place for %d\n", i)
  :: else -> printf("destination: gets a copy of %d\n", i)
  fi;
  Acknowledge()
}

/* What was sent and is not named has not been counted by the receiver. */
inline TakeAck(set, remaining) {
  if
  :: WITHIN(acked, set) ->
     k = sent - COUNT(set);
     if
     :: remaining == UNLIMITED -> k = UNLIMITED
     :: remaining != UNLIMITED && remaining > k -> k = remaining - k
     :: else -> k = 0
     fi;
     if
     :: remaining == UNLIMITED -> room = k; allowed = N
     :: remaining != UNLIMITED && (set != acked || (room != UNLIMITED && k > room)) -> room = k;
        allowed = COUNT(set) + remaining
     :: else
     fi;
     acked = set;
     printf("source: takes the acknowledgement %d, may send %d more\n", set, room);
     k = 0
  :: else -> printf("source: passes over a stale acknowledgement\n")
  fi
}

proctype Sending(byte i) {
end: do
  :: d_step { i == sent + 1 && HAS_ROOM && !HAS(messages, i) ->
              assert(i <= allowed);                                   /* S12: nothing new beyond the room */
              sent = i; messages = messages | BIT(i);
#ifndef MISTAKE_ROOM_NOT_COUNTED
              if :: room != UNLIMITED -> room-- :: else fi;
#endif
              printf("source: sends %d\n", i) }
  :: d_step { i <= sent && !HAS(acked, i) && !HAS(messages, i) ->          /* never without a loss */
              messages = messages | BIT(i); printf("source: sends %d again\n", i) }                     /* never */
  od
}
/* While the room is used up: how much is there now? */
active proctype Asking() {
  bool asked;
end: do
#if defined(MISTAKE_NO_POLL)
  :: d_step { false ->
#elif defined(MISTAKE_POLL_ONCE)
  :: d_step { BLOCKS && !ack_requested && !asked ->
#else
  :: d_step { BLOCKS && !ack_requested ->
#endif
              ack_requested = true; asked = true; printf("source: AckRequested\n") }
  od
}
proctype TakingAck(byte set; byte remaining) {
end: do ARRIVES(acks[remaining], SET_BIT(set), TakeAck(set, remaining)) od
}

proctype Receiving(byte i) { end: do ARRIVES(messages, BIT(i), Receive(i)) od }
active proctype ReceivingAckRequested() { end: do ARRIVES(ack_requested, 1, Acknowledge()) od }
active proctype Starting() {
end: do
  :: d_step { !busy && started < N && HAS(taken, started + 1) -> started++; busy = true;
              printf("destination: starts %d\n", started) }
  od
}
active proctype Returning() {
end: do :: d_step { busy -> busy = false; printf("destination: %d returns\n", started) } od
}
#ifdef LIVE
active proctype Losing() {
end: do
  GETS_LOST(messages, ALL) GETS_LOST(ack_requested, 1) GETS_LOST(acks[0], -1) GETS_LOST(acks[ROOM], -1)
  GETS_LOST(acks[UNLIMITED], -1)
  od
}
#endif

init {
  byte i, r;
  atomic {
    if :: writes_zero = true :: writes_zero = false fi;
    for (i : 1 .. N) { run Sending(i); run Receiving(i) }
    for (i : 0 .. ALL) { for (r : 0 .. UNLIMITED) { run TakingAck(i, r) } }
  }
}

ltl done { <> DONE }
GOALS
