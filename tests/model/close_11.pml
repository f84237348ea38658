/* The end of a session in 1.1: CloseSequence, answered with the final acknowledgement, then TerminateSequence; one-way
 * and request-reply.
 *
 * N messages at most. The client closes at any time: it waits until every message is settled (request-reply: has its
 * reply; one-way: is acknowledged), sends CloseSequence, wants Final and exactly 1..n in the answer, then the same with
 * TerminateSequence. From CloseSequence on every answer of the service says Final, and it takes nothing new; it ends
 * when all that it has acknowledged was started (until then TerminateSequence gets "not yet", 202), and answers repeats
 * from memory, later with UnknownSequence, which is as good. A side that crashes has lost the session.
 *
 * What holds over a crash of the service: a client that closed in order had everything run, but for early one-way
 * messages that were acknowledged and had not had their turn (CLOSED_BUT_NEVER_RUN).
 *
 * safe N=4                                    at least 20000 states
 * live N=3 LOSSES=1 ONE_WAY=true              at least 100000 states
 * live N=3 LOSSES=1 ONE_WAY=false             at least 100000 states
 * mistake CLOSE_BEFORE_SETTLED safe
 * mistake FINAL_TOO_EARLY safe
 * mistake ENDS_BEFORE_ALL_RAN safe
 * mistake REPEAT_IS_A_FAULT safe
 * mistake RUN_AFTER_THE_END safe
 * mistake CLOSE_NOT_REPEATED live
 * mistake TERMINATE_NOT_REPEATED live
 * goal CLOSED_WITH_ALL
 * goal CLOSED_BY_UNKNOWN
 * goal CLOSED_BUT_NEVER_RUN
 * goal FAILED
 */
#include "network.pml"
#define CLOSED_WITH_ALL (client == closed && ran == ALL && ended && !restarted)
#define CLOSED_BY_UNKNOWN (client == closed && restarted)
#define CLOSED_BUT_NEVER_RUN (client == closed && ran != UP_TO(submitted))
#define FAILED (client == faulted)

mtype = { open, draining, closing, terminating, closed, faulted, crashed };

/* on the way */
byte messages;             /* numbers */
byte replies;              /* request-reply: to these */
int acks;                  /* one-way: sets of numbers */
bool final;                /* a reply or an acknowledgement that says Final */
bool unknown;              /* UnknownSequence or SequenceClosed in answer to a message of the sequence */
bool close, terminate;
int close_answers;         /* CloseSequenceResponse: the final acknowledgement in it */
bool unknown_close;
bool done, later, refused, unknown_end;  /* answers to TerminateSequence: its response, 202 as "not yet", faults */

/* the client */
bool one_way;
mtype client = open;
byte submitted, settled;

/* the service */
byte taken, started, answered;
bool takes_no_more;        /* after CloseSequence */
bool ended, remembers;
bool restarted;

byte ran;                  /* what really happened */
byte losses = LOSSES;

#define SENDS (client == open || client == draining)
#define OVER (client == closed || client == faulted || client == crashed)
#define GONE (restarted || ended)
#ifdef LIVE                /* fewer states: all numbers are used, a newer acknowledgement replaces an older one */
#define MAY_CLOSE_SHORT false
#define OTHER_ACKS 0
#else
#define MAY_CLOSE_SHORT true
#define OTHER_ACKS acks
#endif
#ifdef MISTAKE_CLOSE_BEFORE_SETTLED
#define MAY_CLOSE true
#else
#define MAY_CLOSE (settled == UP_TO(submitted))
#endif
#ifdef MISTAKE_FINAL_TOO_EARLY
#define SAYS_FINAL (takes_no_more || taken == ALL)
#else
#define SAYS_FINAL takes_no_more
#endif
#ifdef MISTAKE_ENDS_BEFORE_ALL_RAN
#define ALL_STARTED true
#else
#define ALL_STARTED (taken == UP_TO(started))
#endif
#ifdef MISTAKE_CLOSE_NOT_REPEATED
#define CLOSE_AGAIN (!close && !sent_close)
#else
#define CLOSE_AGAIN (!close)
#endif
#ifdef MISTAKE_TERMINATE_NOT_REPEATED
#define TERMINATE_AGAIN (!terminate && !sent_terminate)
#else
#define TERMINATE_AGAIN (!terminate)
#endif

inline Say(i) {
  if :: SAYS_FINAL -> final = true :: else fi;
  if
  :: one_way -> acks = OTHER_ACKS | SET_BIT(taken); printf("service: acknowledges the set %d\n", taken)
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
  :: !GONE && !HAS(taken, i) && takes_no_more -> unknown = true;            /* never */
     assert(false)                                                    /* never: all is settled; SequenceClosed */
  :: else -> taken = taken | BIT(i);
     if :: i == started + 1 -> Run(i) :: else -> printf("service: keeps %d\n", i) fi; Say(i)
  fi
}

inline ReceiveClose() {
  if
  :: restarted || (ended && !remembers) -> unknown_close = true; printf("service: CloseSequence, unknown\n")
  :: else -> takes_no_more = true; close_answers = close_answers | SET_BIT(taken);
     printf("service: CloseSequenceResponse, finally %d\n", taken)
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
  :: !GONE && taken != UP_TO(submitted) -> refused = true; ended = true; assert(false)         /* never */
  :: !GONE && taken == UP_TO(submitted) && !ALL_STARTED -> later = true; printf("service: not all has run\n")
  :: else -> done = true; ended = true; remembers = true; printf("service: has ended\n")
  fi
}

inline Fault() { client = faulted; printf("client: the session is dead\n"); assert(restarted) }

active proctype Application() {
end: do
  :: d_step { client == open && submitted < N -> submitted++; printf("client: submits %d\n", submitted) }
  :: d_step { client == open && (submitted == N || MAY_CLOSE_SHORT) -> client = draining; printf("client: close\n") }
  od
}
proctype Sending(byte i) {
end: do
  :: d_step { SENDS && i <= submitted && !HAS(settled, i) && !HAS(messages, i) ->
              messages = messages | BIT(i); printf("client: sends %d\n", i) }
  od
}
proctype TakingReply(byte i) {
end: do ARRIVES(replies, BIT(i), if :: SENDS -> settled = settled | BIT(i) :: else fi) od
}
proctype TakingAck(byte set) {
end: do ARRIVES(acks, SET_BIT(set), if :: SENDS && WITHIN(settled, set) -> settled = set :: else fi) od
}
active proctype TakingTrouble() {
end: do
  :: d_step { unknown && SENDS -> Fault() }
  :: d_step { final && SENDS -> assert(false) }                       /* never: Final before CloseSequence */
  od
}
active proctype Ending() {
  bool sent_close, sent_terminate;
end: do
  :: d_step { client == draining && MAY_CLOSE -> client = closing }
  :: d_step { client == closing && CLOSE_AGAIN -> close = true; sent_close = true;
              printf("client: CloseSequence, last is %d\n", submitted) }
  :: d_step { client == terminating && TERMINATE_AGAIN -> terminate = true; sent_terminate = true;
              printf("client: TerminateSequence\n") }
  od
}
inline TakeCloseAnswer() {
  if
  :: client == closing -> client = terminating; printf("client: has the final acknowledgement\n");
     assert(WITHIN(close_answers, SET_BIT(UP_TO(submitted))))         /* whichever it is: exactly 1..n */
  :: else
  fi
}
active proctype TakingCloseAnswer() { end: do ARRIVES(close_answers, -1, TakeCloseAnswer()) od }
active proctype TakingEnd() {
end: do
  :: d_step { client == closing && unknown_close -> Fault() }
  :: d_step { client == terminating && (done || unknown_end) -> client = closed; printf("client: closed\n");
              assert(settled == UP_TO(submitted));                    /* L1: no call is left open */
              assert(ran == UP_TO(submitted) || (one_way && restarted)) }  /* S14 */
  :: d_step { client == terminating && later -> later = false }
  :: d_step { client == terminating && refused -> assert(false) }     /* never: all was in order */
  od
}

proctype Receiving(byte i) { end: do ARRIVES(messages, BIT(i), Receive(i)) od }
active proctype ReceivingClose() { end: do ARRIVES(close, 1, ReceiveClose()) od }
active proctype ReceivingTerminate() { end: do ARRIVES(terminate, 1, ReceiveTerminate()) od }
active proctype Running() {
end: do :: d_step { !GONE && started < N && HAS(taken, started + 1) -> Run(started + 1) } od
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
  GETS_LOST(messages, ALL) GETS_LOST(replies, ALL) GETS_LOST(acks, -1) GETS_LOST(close, 1)
  GETS_LOST(close_answers, -1) GETS_LOST(terminate, 1) GETS_LOST(done, 1)
  od
}
#endif

init {
  byte i;
  atomic {
#ifdef ONE_WAY
    one_way = ONE_WAY;
#else
    if :: one_way = true :: one_way = false fi;
#endif
    for (i : 1 .. N) { run Sending(i); run Receiving(i); run Answering(i); run TakingReply(i) }
    for (i : 1 .. ALL) { run TakingAck(i) }
  }
}

ltl done_or_told { <> (OVER && (ended || restarted)) }
GOALS
