/* CreateSequence, repeated: N clients, each with a MessageID of its own, send it until it is answered.
 *
 * Client 1 makes an Offer; client N, another principal, offers the same identifier; those between make none. The
 * service knows a repeat by its MessageID and gives the same answer, for as long as it remembers; then it refuses the
 * Offer, as long as the sequence lives. It gives up sequences without a first message, and knows nothing of the time
 * before a crash.
 *
 * Time is in one guard only: the service remembers a CreateSequence (120 s) longer than a client asks (60 s).
 *
 * safe N=3                                    at least 1000000 states
 * live N=2 LOSSES=1                           at least 200000 states
 * mistake SECOND_SEQUENCE safe
 * mistake OFFER_TAKEN_TWICE safe
 * mistake IDENTIFIER_REUSED safe
 * mistake RELATES_TO_IGNORED safe
 * mistake DEAD_SEQUENCE_AGAIN safe
 * mistake FORGOTTEN_TOO_SOON safe
 * mistake NOT_SENT_AGAIN live
 * goal ALL_OPENED_BUT_THE_THIEF
 * goal SECOND_AFTER_FORGETTING
 * goal OPENED_AFTER_CRASH
 */
#include "network.pml"
#define OFFER(r) ((r) == 1 || (r) == N -> 1 : 0)
#define ALL_OPENED_BUT_THE_THIEF (opened == UP_TO(N - 1) && refused == BIT(N) && !restarted)
#define SECOND_AFTER_FORGETTING orphaned
#define OPENED_AFTER_CRASH (restarted && opened == ALL)
#define DECIDED (opened | refused | gave_up)

/* The sequences that are made for client r, two at most, and sets of them. */
#define FIRST(r) (2 * (r) - 1)
#define SECOND(r) (2 * (r))
#define OWNER(s) (((s) + 1) / 2)
#define OF(r) (BIT(FIRST(r)) | BIT(SECOND(r)))

/* on the way; of client r: the sequences that answers to it name */
byte creates;
byte answers[N + 1];
byte refusals;

/* the clients */
byte opened, refused, gave_up, failed;
byte sequence[N + 1];

/* the service */
byte made[N + 1];         /* how many sequences it has made for client r */
byte live, in_use;        /* in use: a message has come */
byte remembered;          /* their CreateSequence is */
byte given_up;            /* for want of a first message */
bool restarted;

bool orphaned;            /* a second sequence was made for one CreateSequence */
byte ever_made;
byte losses = LOSSES;

/* A live sequence with the Offer of client r. */
#define WITH_SAME_OFFER(r) (OFFER(r) == 0 -> 0 : (live & (OF(1) | OF(N))))
#ifdef MISTAKE_NOT_SENT_AGAIN
#define MAY_SEND(r) (!sent)
#else
#define MAY_SEND(r) (!HAS(creates, r))
#endif
#if defined(MISTAKE_SECOND_SEQUENCE)
#define TO_REPEAT(r) 0
#elif defined(MISTAKE_DEAD_SEQUENCE_AGAIN)
#define TO_REPEAT(r) (OF(r) & remembered)
#else
#define TO_REPEAT(r) (OF(r) & remembered & live)
#endif
#ifdef MISTAKE_OFFER_TAKEN_TWICE
#define IN_USE_ELSEWHERE(r) 0
#else
#define IN_USE_ELSEWHERE(r) WITH_SAME_OFFER(r)
#endif
#ifdef MISTAKE_FORGOTTEN_TOO_SOON
#define MAY_FORGET(s) (HAS(remembered, s))
#else
#define MAY_FORGET(s) (HAS(remembered, s) && HAS(DECIDED, OWNER(s)))
#endif

inline Answer(r, s) {
  assert(HAS(live, s));                                               /* nobody is given what is dead already */
  answers[r] = answers[r] | BIT(s);
  printf("service: answers client %d with sequence %d\n", r, s)
}

inline Make(r) {
  if
  :: (live & OF(r)) != 0 -> orphaned = true;
     assert(OFFER(r) == 0 && HAS(DECIDED, r))                         /* one live sequence for one client that asks */
  :: else
  fi;
  assert(WITH_SAME_OFFER(r) == 0);                                    /* S18: no Offer in two sessions */
  k = FIRST(r) + made[r];
  made[r]++;
  assert(!HAS(ever_made, k));                                         /* S18: no identifier twice */
  ever_made = ever_made | BIT(k);
  live = live | BIT(k);
  remembered = (remembered & ~OF(r)) | BIT(k);
  printf("service: makes sequence %d for client %d\n", k, r);
  Answer(r, k);
  k = 0
}

inline Receive(r) {
  printf("service: gets the CreateSequence of client %d\n", r);
  if
  :: TO_REPEAT(r) != 0 -> if :: HAS(TO_REPEAT(r), FIRST(r)) -> Answer(r, FIRST(r)) :: else -> Answer(r, SECOND(r)) fi
  :: TO_REPEAT(r) == 0 && IN_USE_ELSEWHERE(r) == 0 && made[r] < 2 -> Make(r)
  :: else -> refusals = refusals | BIT(r); printf("service: refuses client %d\n", r);
     assert(HAS(DECIDED, r) || (live & OF(r)) == 0)                   /* nobody is refused its own sequence */
  fi
}

proctype Asking(byte r) {
  bool sent;
end: do
  :: d_step { !HAS(DECIDED, r) && MAY_SEND(r) -> creates = creates | BIT(r); sent = true;
              printf("client %d: CreateSequence\n", r) }
#ifndef LIVE
  :: d_step { !HAS(DECIDED, r) -> gave_up = gave_up | BIT(r); printf("client %d: has waited long enough\n", r) }
#endif
  od
}
inline Open(r, s) {
  if
  :: !HAS(DECIDED, r) -> opened = opened | BIT(r); sequence[r] = s; printf("client %d: has sequence %d\n", r, s);
     assert(OWNER(s) == r)                                            /* RelatesTo: the answer is to this client */
  :: else -> printf("client %d: wants no answer any more\n", r)
  fi
}
proctype TakingAnswer(byte r; byte s) {
end: do
  ARRIVES(answers[r], BIT(s), Open(r, s))
#ifdef MISTAKE_RELATES_TO_IGNORED
  ARRIVES(answers[1], BIT(1), Open(r, 1))
#endif
  od
}
proctype TakingRefusal(byte r) {
end: do ARRIVES(refusals, BIT(r), if :: !HAS(DECIDED, r) -> refused = refused | BIT(r) :: else fi) od
}
proctype Receiving(byte r) { end: do ARRIVES(creates, BIT(r), Receive(r)) od }

/* The first message of the application: until it comes the sequence is not in use. */
inline ReceiveMessage(r) {
  printf("service: gets the first message of client %d\n", r);
  if
  :: HAS(live, sequence[r]) -> in_use = in_use | BIT(sequence[r])
  :: else -> failed = failed | BIT(r); printf("client %d: UnknownSequence\n", r);
     assert(restarted || HAS(given_up, sequence[r]))                  /* L1 */
  fi
}
proctype Using(byte r) { end: d_step { HAS(opened, r) -> ReceiveMessage(r) } }
proctype GivingUp(byte s) {
end: do
  :: d_step { HAS(live, s) && !HAS(in_use, s) -> live = live & ~BIT(s); given_up = given_up | BIT(s);
              printf("service: gives up sequence %d\n", s) }
#ifndef LIVE
  :: d_step { MAY_FORGET(s) -> remembered = remembered & ~BIT(s);
              printf("service: forgets the CreateSequence of sequence %d\n", s) }
#endif
  od
}
active proctype Crashing() {
  if
  :: d_step { restarted = true; live = 0; in_use = 0; remembered = 0; printf("service: crashes and restarts\n");
#ifdef MISTAKE_IDENTIFIER_REUSED
              made[1] = 0
#endif
            }
  :: true
  fi
}
#ifdef LIVE
active proctype Losing() {
end: do
  GETS_LOST(creates, ALL) GETS_LOST(answers[1], -1) GETS_LOST(answers[N], -1)
  GETS_LOST(refusals, ALL)
  od
}
#endif

init {
  byte i, s;
  atomic {
    for (i : 1 .. N) {
      run Asking(i); run Receiving(i); run TakingRefusal(i); run Using(i);
      for (s : FIRST(i) .. SECOND(i)) { run TakingAnswer(i, s); run GivingUp(s) }
    }
  }
}

ltl done { <> (DECIDED == ALL && WITHIN(live, in_use)) }
GOALS
