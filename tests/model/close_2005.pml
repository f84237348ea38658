/* The end of a session in February 2005: LastMessage both ways, then TerminateSequence; one-way and request-reply.
 *
 * N numbers: up to N - 1 messages of the application and LastMessage. The client closes at any time: it waits until
 * every message is settled (request-reply: has its reply; one-way: is acknowledged), sends LastMessage, and
 * TerminateSequence when that is settled. The service answers LastMessage when everything before it has run
 * (request-reply: is answered); repeats of TerminateSequence get the same answer as long as it remembers, then
 * UnknownSequence, which is as good. A one-way TerminateSequence is answered with 202; when its exchange fails a few
 * times the client lets it be. A side that crashes has lost the session.
 *
 * safe N=4                                    at least 3000 states
 * live N=3 LOSSES=2                           at least 10000 states
 * mistake LAST_ANSWERED_EARLY safe
 * mistake TERMINATE_TOO_EARLY safe
 * mistake REPEAT_IS_A_FAULT safe
 * mistake RUN_AFTER_THE_END safe
 * mistake TERMINATE_NOT_REPEATED live
 * mistake LAST_NOT_REPEATED live
 * goal CLOSED_WITH_ALL
 * goal CLOSED_BY_UNKNOWN
 * goal FAILED
 */
#include "network.pml"
#define CLOSED_WITH_ALL (client == closed && ran == UP_TO(N - 1) && ended && !restarted)
#define CLOSED_BY_UNKNOWN (client == closed && restarted)
#define FAILED (client == faulted)

mtype = { open, draining, last_message, terminating, closed, faulted, crashed };

/* on the way */
byte messages;             /* numbers; that of LastMessage among them */
byte replies;              /* request-reply: to these, LastMessage in answer to LastMessage */
int acks;                  /* one-way: sets of numbers */
bool unknown;              /* UnknownSequence in answer to a message of the sequence */
bool terminate;
bool done, later, refused, unknown_end;  /* answers to TerminateSequence: its own or 202, 202 as "not yet", faults */

/* the client */
bool one_way;
mtype client = open;
byte submitted, last;      /* last: the number of LastMessage */
byte settled;

/* the service */
byte taken, started, answered, announced;
bool ended, remembers;
bool restarted;

byte ran;                  /* what really happened */
byte losses = LOSSES;

#define SENDS (client == open || client == draining || client == last_message)
#define OVER (client == closed || client == faulted || client == crashed)
#define GONE (restarted || ended)
#ifdef MISTAKE_LAST_ANSWERED_EARLY
#define ALL_BEFORE(i) WITHIN(UP_TO((i) - 1), taken)
#else
#define ALL_BEFORE(i) (started == (i) - 1 && (one_way || answered == UP_TO((i) - 1)))
#endif
#ifdef MISTAKE_TERMINATE_TOO_EARLY
#define MAY_TERMINATE true
#else
#define MAY_TERMINATE (settled == UP_TO(last))
#endif
#ifdef MISTAKE_LAST_NOT_REPEATED
#define MAY_SEND(i) (!HAS(messages, i) && !(i == last && sent))
#else
#define MAY_SEND(i) (!HAS(messages, i))
#endif

inline Say(i) {
  if
  :: one_way -> acks = acks | SET_BIT(taken); printf("service: acknowledges the set %d\n", taken)
  :: !one_way && HAS(answered, i) -> replies = replies | BIT(i); printf("service: reply to %d\n", i)
  :: else -> printf("service: no answer to %d yet\n", i)
  fi
}

inline Run(i) {
  printf("service: runs %d\n", i);
  assert(!HAS(ran, i) && ran == UP_TO((i) - 1));                      /* S1, S2 */
  assert(!ended);                                                     /* S13 */
  ran = ran | BIT(i);
  started = i
}

inline Receive(i) {
  if
#ifdef MISTAKE_RUN_AFTER_THE_END
  :: ended && !remembers -> ended = false; taken = BIT(i); started = 0; Run(i)
  :: restarted || (ended && remembers) ->
#else
  :: GONE ->
#endif
     unknown = true; printf("service: gets %d, UnknownSequence\n", i)
  :: !GONE && HAS(taken, i) -> Say(i)
  :: !GONE && !HAS(taken, i) && i == last -> announced = i; printf("service: gets LastMessage\n");
     assert(taken <= UP_TO((i) - 1));                                 /* S13: nothing beyond it */
     if
     :: ALL_BEFORE(i) -> taken = taken | BIT(i); answered = answered | BIT(i); Say(i)
#ifndef MISTAKE_LAST_ANSWERED_EARLY
        ; started = i
#endif
     :: else -> printf("service: LastMessage has to wait\n")
     fi
  :: else -> taken = taken | BIT(i);
     if :: i == started + 1 -> Run(i) :: else -> printf("service: keeps %d\n", i) fi;
     assert(announced == 0 || i < announced);                         /* S13 */
     Say(i)
  fi
}

inline ReceiveTerminate() {
  if
  :: restarted || (ended && !remembers) -> unknown_end = true; printf("service: TerminateSequence, unknown\n")
#ifdef MISTAKE_REPEAT_IS_A_FAULT
  :: !restarted && ended && remembers -> refused = true
#else
  :: !restarted && ended && remembers -> done = true; printf("service: TerminateSequence once more\n")
#endif
  /* The next two never happen with a client that waits for the answer to LastMessage. */
  :: !GONE && taken != UP_TO(announced) -> refused = true; ended = true                                /* never */
  :: !GONE && taken == UP_TO(announced) && started < announced -> later = true                         /* never */
  :: else -> done = true; ended = true; remembers = !one_way; printf("service: has ended\n")
  fi
}

inline Close() {
  client = closed;
  printf("client: closed\n");
  assert(WITHIN(UP_TO(submitted), settled));                          /* L1: no call is left open */
  assert(ran == UP_TO(submitted))                                     /* S14, over a crash too */
}

active proctype Application() {
end: do
  :: d_step { client == open && submitted < N - 1 -> submitted++; printf("client: submits %d\n", submitted) }
  :: d_step { client == open -> client = draining; printf("client: close\n") }
  od
}
proctype Sending(byte i) {
  bool sent;
end: do
  :: d_step { SENDS && (i <= submitted || i == last) && !HAS(settled, i) && MAY_SEND(i) ->
              messages = messages | BIT(i); sent = true; printf("client: sends %d\n", i) }
  od
}
proctype TakingReply(byte i) {
end: do ARRIVES(replies, BIT(i), if :: SENDS -> settled = settled | BIT(i) :: else fi) od
}
proctype TakingAck(byte set) {
end: do ARRIVES(acks, SET_BIT(set), if :: SENDS && WITHIN(settled, set) -> settled = set :: else fi) od
}
active proctype TakingUnknown() {
end: do
  :: d_step { unknown && SENDS -> client = faulted; printf("client: the session is dead\n"); assert(restarted) }
  od
}
active proctype Ending() {
end: do
  :: d_step { client == draining && settled == UP_TO(submitted) -> client = last_message; last = submitted + 1;
              printf("client: LastMessage is %d\n", last) }
  :: d_step { client == last_message && MAY_TERMINATE -> client = terminating }
  od
}
active proctype Terminating() {
  bool sent;
end: do
#ifdef MISTAKE_TERMINATE_NOT_REPEATED
  :: d_step { client == terminating && !terminate && !sent ->
#else
  :: d_step { client == terminating && !terminate ->
#endif
              terminate = true; sent = true; printf("client: TerminateSequence\n") }
  :: d_step { client == terminating && one_way && sent -> printf("client: no answer\n"); Close() }
  od
}
active proctype TakingEnd() {
end: do
  :: d_step { client == terminating && (done || unknown_end) -> Close() }
  :: d_step { client == terminating && later && one_way -> Close() }                                   /* never */
  :: d_step { client == terminating && refused -> assert(false) }                                      /* never */
  od
}

proctype Receiving(byte i) { end: do ARRIVES(messages, BIT(i), Receive(i)) od }
active proctype ReceivingTerminate() { end: do ARRIVES(terminate, 1, ReceiveTerminate()) od }
active proctype Running() {
end: do :: d_step { !GONE && started < N && HAS(taken, started + 1) && started + 1 != announced -> Run(started + 1) } od
}
proctype Answering(byte i) {
end: do :: d_step { !GONE && !one_way && i <= started && !HAS(answered, i) -> answered = answered | BIT(i); Say(i) } od
}
active proctype Forgetting() {
end: do
  :: d_step { ended && remembers -> remembers = false; printf("service: forgets\n") }
  :: d_step { !GONE && OVER -> ended = true; taken = UP_TO(started); printf("service: inactive, ends\n") }
  od
}
active proctype Crashing() {
  if
  :: d_step { restarted = true; taken = 0; started = 0; printf("service: crashes and restarts\n") }
  :: d_step { !OVER -> client = crashed; printf("client: crashes\n") }
  :: true
  fi
}
#ifdef LIVE
active proctype Losing() {
end: do
  GETS_LOST(messages, ALL) GETS_LOST(replies, ALL) GETS_LOST(acks, -1) GETS_LOST(terminate, 1)
  GETS_LOST(done, 1)
  od
}
#endif

init {
  byte i;
  atomic {
    if :: one_way = true :: one_way = false fi;
    for (i : 1 .. N) { run Sending(i); run Receiving(i); run Answering(i); run TakingReply(i) }
    for (i : 1 .. ALL) { run TakingAck(i) }
  }
}

ltl live { <> (OVER && (ended || restarted)) }
GOALS
