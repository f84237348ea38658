/* Request-reply: N requests called at once, their copies, and the replies that are kept until they are acknowledged.
 *
 * Request ONE_WAY is an operation without a reply: acknowledged alone, it uses no reply number, so numbers of requests
 * and replies differ. Replies are numbered as they become ready, in any order. Every copy of a request carries the
 * acknowledgement of the replies that the client has when the copy leaves. The service's memory is lost in a crash.
 *
 * Answers travel on the exchange of the request that they answer; an intermediary may swap two of them. "No answer yet"
 * (202) is no message here: the client goes on waiting.
 *
 * safe N=4 WINDOW=4 PLACES=2                  at least 200000 states
 * safe N=4 WINDOW=4 PLACES=1                  at least 50000 states
 * live N=3 WINDOW=3 PLACES=1 LOSSES=1         at least 100000 states
 * mistake REPLY_NOT_KEPT safe
 * mistake RUN_AGAIN safe
 * mistake RELEASED_BY_REQUEST_NUMBER safe
 * mistake REPLY_NUMBERED_AGAIN safe
 * mistake REPLY_OF_ANOTHER safe
 * mistake ACK_ALONE_WHILE_RUNNING safe
 * mistake ACK_NOT_REFRESHED live
 * mistake NOT_SENT_AGAIN live
 * goal ALL_ANSWERED
 * goal ALL_RELEASED
 * goal FAILED_WITH_SOME_ANSWERED
 */
#include "network.pml"
#define ONE_WAY 2
#define ALL_REPLIES UP_TO(N - 1)
#define ALL_ANSWERED (settled == ALL && !restarted)
#define ALL_RELEASED (settled == ALL && answered == ALL && cached == 0)
#define FAILED_WITH_SOME_ANSWERED (failed && settled != 0 && settled != ALL)

/* on the way; of request i: one bit for each acknowledgement that a copy of it carries */
int copies[N + 1];
byte replies;         /* the replies of these requests */
byte acks_alone;      /* on the exchanges of these requests, which they name */
int acknowledgements; /* messages of their own, with the client's acknowledgement */
bool unknown;         /* the fault UnknownSequence */

/* the client */
byte settled;         /* calls that have ended */
byte got;             /* reply numbers received: what it acknowledges */
byte told;            /* what its last message said of them */
bool failed;

/* the service */
byte kept;            /* taken, but its turn has not come */
byte started;         /* 1..started */
byte answered;
byte cached;          /* replies kept, by request */
byte number[N + 1];   /* reply number, by request */
byte last_number;
bool restarted;       /* it has crashed: it does not know the session */

/* what really happened */
byte ran;
byte first_number[N + 1];
byte losses = LOSSES;

#define OLDEST_UNSETTLED (HAS(settled, 1) -> (HAS(settled, 2) -> (HAS(settled, 3) -> 4 : 3) : 2) : 1)
#define COUNT(s) (((s) & 1) + (((s) >> 1) & 1) + (((s) >> 2) & 1) + (((s) >> 3) & 1))
#define IS_KNOWN(i) ((i) <= started || HAS(kept, i))
#define MAY_START(i) (!restarted && (i) <= N && HAS(kept, i))
#ifdef LIVE               /* fewer states: operations answer one after the other, as with concurrency_mode single */
#define IN_TURN(i) (answered == UP_TO((i) - 1))
#else
#define IN_TURN(i) true
#endif
#ifdef MISTAKE_NOT_SENT_AGAIN
#define MAY_SEND(i) (!sent)
#else
#define MAY_SEND(i) (!HAS_SET(copies[i], got))
#endif
#ifdef MISTAKE_ACK_NOT_REFRESHED
#define CARRIED first_carried
#else
#define CARRIED got
#endif
#ifdef MISTAKE_RELEASED_BY_REQUEST_NUMBER
#define REPLY_NUMBER(i) (i)
#else
#define REPLY_NUMBER(i) number[i]
#endif

inline Reply(i) {
  assert(number[i] == first_number[i]);                               /* S8 */
  replies = replies | BIT(i);
  printf("service: reply %d to request %d\n", number[i], i)
}

inline Release(acknowledged) {
  assert(acknowledged <= UP_TO(last_number));
  k = 1;
  do
  :: k <= N ->
     if
     :: HAS(cached, k) && HAS(acknowledged, REPLY_NUMBER(k)) -> cached = cached & ~BIT(k);
        printf("service: lets go of the reply to request %d\n", k)
     :: else
     fi;
     k++
  :: else -> break
  od;
  k = 0
}

inline Start(i) {
  printf("service: starts request %d\n", i);
  assert(!HAS(ran, i));                                               /* S1 */
  assert(ran == UP_TO((i) - 1));                                      /* S2 */
  ran = ran | BIT(i);
  kept = kept & ~BIT(i);
  started = i
}

inline Copy(i) {
  printf("service: gets a copy of request %d\n", i);
  if
#ifdef MISTAKE_REPLY_NUMBERED_AGAIN
  :: HAS(cached, i) -> last_number++; number[i] = last_number; Reply(i)
#else
  :: HAS(cached, i) -> Reply(i)
#endif
#ifdef MISTAKE_ACK_ALONE_WHILE_RUNNING
  :: !HAS(cached, i) -> acks_alone = acks_alone | BIT(i)
#else
  :: !HAS(cached, i) && HAS(answered, i) ->
#ifdef MISTAKE_RUN_AGAIN
     answered = answered & ~BIT(i); Start(i);
#endif
     acks_alone = acks_alone | BIT(i); printf("service: acknowledges request %d, without a reply\n", i)
  :: else -> printf("service: not answered yet\n")
#endif
  fi
}

inline Receive(i, acknowledged) {
  if
  :: restarted -> unknown = true; printf("service: gets request %d, UnknownSequence\n", i)
  :: else -> Release(acknowledged);
     if
     :: IS_KNOWN(i) -> Copy(i)
     :: !IS_KNOWN(i) && COUNT(cached) < PLACES && i <= started + PLACES -> kept = kept | BIT(i)
     :: else -> printf("service: has no place for request %d\n", i)
     fi
  fi
}

inline Answer(i) {
  answered = answered | BIT(i);
  if
  :: i == ONE_WAY -> acks_alone = acks_alone | BIT(i); printf("service: request %d is done\n", i)
  :: else -> last_number++; number[i] = last_number; first_number[i] = last_number;
#ifndef MISTAKE_REPLY_NOT_KEPT
     cached = cached | BIT(i);
#endif
     Reply(i)
  fi
}

inline TakeReply(i) {
  got = got | BIT(number[i]);
  if
  :: HAS(settled, i) -> printf("client: has the reply to request %d already\n", i)
  :: else -> settled = settled | BIT(i); printf("client: has the reply %d to request %d\n", number[i], i)
  fi
}

inline TakeAckAlone(i) {
  if
  :: HAS(settled, i)
  :: else -> settled = settled | BIT(i); printf("client: call %d ends without a reply\n", i);
     assert(i == ONE_WAY)                                             /* S9, L2 */
  fi
}

inline TakeSwapped(i, j) {
  printf("client: gets the reply to request %d on the exchange of request %d\n", i, j);
#ifdef MISTAKE_REPLY_OF_ANOTHER
  settled = settled | BIT(j); assert(i == j)                          /* S9 */
#endif
}

proctype Calling(byte i) {
  bool sent;
  byte first_carried;
end: do
  :: d_step { !failed && !HAS(settled, i) && i < OLDEST_UNSETTLED + WINDOW && MAY_SEND(i) ->
              if :: !sent -> first_carried = got; sent = true :: else fi;
              copies[i] = copies[i] | SET_BIT(CARRIED); told = CARRIED;
              printf("client: sends request %d, acknowledging replies %d\n", i, CARRIED) }
  od
}
/* In time each reply is acknowledged by the next request; this is for the time when there is none. */
active proctype Acknowledging() {
end: do
  :: d_step { !failed && COUNT(got & ~told) >= 2 -> acknowledgements = acknowledgements | SET_BIT(got); told = got;
              printf("client: acknowledges replies %d\n", got) }
  od
}
proctype Receiving(byte i; byte acknowledged) {
end: do ARRIVES(copies[i], SET_BIT(acknowledged), Receive(i, acknowledged)) od
}
proctype ReceivingAck(byte acknowledged) {
end: do ARRIVES(acknowledgements, SET_BIT(acknowledged), if :: !restarted -> Release(acknowledged) :: else fi) od
}
active proctype Starting() { end: do :: d_step { MAY_START(started + 1) -> Start(started + 1) } od }
proctype Answering(byte i) {
end: do :: d_step { !restarted && i <= started && !HAS(answered, i) && IN_TURN(i) -> Answer(i) } od
}
proctype TakingReply(byte i) { end: do ARRIVES(replies, BIT(i), if :: !failed -> TakeReply(i) :: else fi) od }
proctype TakingAckAlone(byte i) { end: do ARRIVES(acks_alone, BIT(i), if :: !failed -> TakeAckAlone(i) :: else fi) od }
active proctype TakingUnknown() {
end: do
  :: d_step { unknown && !failed -> failed = true; printf("client: the session is dead, open calls fail\n");
              assert(restarted) }
  od
}
#ifndef LIVE
active proctype Swapping() {
end: do :: d_step { !failed && HAS(replies, 1) && !HAS(settled, 3) && copies[3] != 0 -> TakeSwapped(1, 3) } od
}
#endif
active proctype Crashing() {
  if
  :: d_step { restarted = true; kept = 0; started = 0; answered = 0; cached = 0; last_number = 0;
              printf("service: crashes and restarts\n") }
  :: true
  fi
}
#ifdef LIVE
active proctype Losing() {
end: do
  GETS_LOST(copies[1], -1) GETS_LOST(copies[2], -1) GETS_LOST(copies[3], -1)
  GETS_LOST(replies, ALL) GETS_LOST(acks_alone, ALL) GETS_LOST(acknowledgements, -1)
  od
}
#endif

init {
  byte i, set;
  atomic {
    for (i : 1 .. N) {
      run Calling(i); run Answering(i); run TakingReply(i); run TakingAckAlone(i);
      for (set : 0 .. ALL_REPLIES) { run Receiving(i, set) }
    }
    for (set : 1 .. ALL_REPLIES) { run ReceivingAck(set) }
  }
}

ltl done { <> (failed || settled == ALL) }
GOALS
