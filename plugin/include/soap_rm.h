/* gsoaprm: WCF reliable sessions (WS-ReliableMessaging February 2005 and 1.1) for gSOAP.
 *
 * One line makes the calls of a client, or the operations of a server, reliable:
 *
 *     struct soap_rm_options options;
 *     soap_rm_options_default(&options);
 *     soap_register_plugin_arg(soap, soap_rm, &options);
 *
 * Everything else of the program stays: generated stubs, namespace table, operations, serve loop. Register on the
 * context that the others are copied from (soap_copy) or that the proxy or service object uses, before the first call.
 *
 * Thread rule, unless said otherwise: functions that take a `struct soap` may be called by the thread that owns that
 * context; contexts copied from one registered context may be used by any number of threads at once and share sessions.
 *
 * fork(): sessions stay the parent's, which goes on as before. In the child every call and every function on a context
 * that was registered before fails at once (code "AfterFork"); nothing is sent and nothing waits for the parent's
 * threads, also not when such a context is freed. What the child needs it registers on a new context.
 *
 * Errors arrive where a gSOAP program looks for them: the generated stub returns them, soap_print_fault() and
 * soap_sprint_fault() show code, the peer's reason and a sentence of advice. soap_rm_get_error() gives the details.
 *
 * This header is C. An optional C++ layer over it is soap_rm.hpp.
 */
#ifndef SOAP_RM_H
#define SOAP_RM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct soap;
struct soap_plugin;

#define SOAP_RM_ID "gsoaprm-1"    /* the plugin's name for soap_lookup_plugin() */
#define SOAP_RM_VERSION "0.1.0"

/* ---- options -------------------------------------------------------------------------------------------------- */

typedef int64_t soap_rm_milliseconds;

enum soap_rm_protocol_version {      /* WCF: ReliableMessagingVersion */
  SOAP_RM_FEBRUARY_2005 = 0,         /* WSReliableMessagingFebruary2005: wsHttpBinding, and WCF's default */
  SOAP_RM_11 = 1                     /* WSReliableMessaging11: ws2007HttpBinding */
};
enum soap_rm_addressing_version {    /* WCF: AddressingVersion */
  SOAP_RM_ADDRESSING_10 = 0,         /* WSAddressing10 (2005/08), the default */
  SOAP_RM_ADDRESSING_AUGUST_2004 = 1 /* WSAddressingAugust2004, for old peers */
};
enum soap_rm_soap_version {          /* WCF: EnvelopeVersion */
  SOAP_RM_SOAP_AS_GENERATED = 0,     /* what the generated namespace table says, the default */
  SOAP_RM_SOAP_11 = 1,
  SOAP_RM_SOAP_12 = 2
};
enum soap_rm_delivery_mode {         /* durable servers: when a message counts as done, across a crash of the server */
  SOAP_RM_AT_LEAST_ONCE = 0,         /* when its operation has answered: a crash in between runs it again; the default */
  SOAP_RM_AT_MOST_ONCE = 1,          /* before its operation starts: a crash in between leaves it a dead letter */
  SOAP_RM_EXACTLY_ONCE = 2           /* with what the operation writes through soap_rm_transaction(), both or neither */
};
enum soap_rm_session_loss {          /* durable clients: messages whose outcome is not known when the service has forgotten */
  SOAP_RM_LOSS_DEAD_LETTER = 0,      /* are kept as dead letters with that reason, the default */
  SOAP_RM_LOSS_RESEND = 1            /* are sent again in a new session: at least once */
};
enum soap_rm_concurrency_mode {      /* WCF: ServiceBehavior.ConcurrencyMode */
  SOAP_RM_CONCURRENCY_SINGLE = 0,    /* one operation of a session at a time, the default */
  SOAP_RM_CONCURRENCY_MULTIPLE = 1   /* ordered sessions: only the starts are ordered; unordered: no restriction */
};
enum soap_rm_session_shape {
  SOAP_RM_SHAPE_LEARN = 0,           /* CreateSequence with an Offer, without when the service does not take it */
  SOAP_RM_SHAPE_REQUEST_REPLY = 1,   /* always with an Offer: contracts that have two-way operations */
  SOAP_RM_SHAPE_ONE_WAY = 2          /* never with an Offer: contracts that have one-way operations only */
};

enum soap_rm_state {                 /* WCF: CommunicationState */
  SOAP_RM_CREATED = 0, SOAP_RM_OPENING, SOAP_RM_OPENED, SOAP_RM_CLOSING, SOAP_RM_CLOSED, SOAP_RM_FAULTED
};

/* A change of a client session's state; see soap_rm_options.state_changed. */
struct soap_rm_event {
  const char *endpoint;              /* the To of the session */
  const char *session;               /* wsrm:Identifier, "" before the session is open */
  enum soap_rm_state state;
  const char *code;                  /* "" unless FAULTED: "MaxRetryCount", "UnknownSequence", ... */
  const char *reason;                /* the peer's reason, or ours */
  const char *advice;                /* one sentence */
  const uint64_t *unacknowledged;    /* FAULTED: numbers of the messages whose fate is not known */
  size_t unacknowledged_count;
};

/* All options, for both roles. Fill with soap_rm_options_default(), then change what you want. Copied at registration.
 * A value out of range is refused at registration: soap->error is SOAP_RM_ERROR and soap_print_fault() names the
 * option, the value and the range. Names in text (soap_rm_options_set) are the member names. */
struct soap_rm_options {
  size_t size;                       /* sizeof(struct soap_rm_options); set by soap_rm_options_default() */

  /* -- which protocol (client; a server answers in whatever the client speaks, and refuses a call without RM, where
   *    reliable_session_required, with the fault of this version) -- */
  enum soap_rm_protocol_version reliable_messaging_version;  /* default SOAP_RM_FEBRUARY_2005; text: 2005, 1.1 or WCF's names */
  enum soap_rm_addressing_version addressing_version;        /* default SOAP_RM_ADDRESSING_10; text: 1.0, 2004/08 or WCF's names */
  enum soap_rm_soap_version soap_version;                    /* default SOAP_RM_SOAP_AS_GENERATED; text: as-generated, 1.1, 1.2 */

  /* -- WCF's ReliableSessionBindingElement -- */
  soap_rm_milliseconds acknowledgement_interval;  /* default 200, 1 .. 2147483647. Client: how long many unacknowledged
                                                     replies may wait for a request to carry their acknowledgement. */
  int flow_control_enabled;          /* default 1. Client: heed netrm:BufferRemaining. Server: write it. [MS-WSRVCRM] */
  soap_rm_milliseconds inactivity_timeout;        /* default 600000, 1 .. 2147483647. Nothing received for so long: the
                                                     session is over. A client keeps it alive from half of it on. */
  int max_pending_channels;          /* default 4, 1 .. 16384. Server: sequences created and still without a message. */
  int max_retry_count;               /* default 8, 1 .. 2147483647. Client: further sendings of one message. */
  int max_transfer_window_size;      /* default 8, 1 .. 4096. Client: messages not yet settled; a call blocks at that
                                        number. Server: early messages kept. */
  int ordered;                       /* default 1. Operations start in the order of the calls (WCF: Ordered). */

  /* -- WCF's binding time-outs -- */
  soap_rm_milliseconds open_timeout;   /* default 60000, 1 .. 2147483647. CreateSequence until its answer. */
  soap_rm_milliseconds send_timeout;   /* default 60000, 1 .. 2147483647. A call, from the first sending to its reply;
                                          when it passes the session faults, as in WCF. Also bounds the wait for room
                                          in the window. */
  soap_rm_milliseconds close_timeout;  /* default 60000, 1 .. 2147483647. An explicit soap_rm_close(). */

  /* -- ours -- */
  soap_rm_milliseconds automatic_close_timeout;  /* default 10000, 0 .. 2147483647. How long soap_done()/soap_free() of
                                                    the last context may take to close sessions; 0: do not wait. */
  soap_rm_milliseconds retransmission_minimum;   /* default 400 (WCF), 1 .. 2147483647: first retransmission after the
                                                    mean round trip plus this. */
  soap_rm_milliseconds retransmission_maximum;   /* default 60000, retransmission_minimum .. 2147483647 */
  soap_rm_milliseconds handshake_retry_interval; /* default 10000 (WCF), 1 .. 2147483647: Create-, Close-, TerminateSequence
                                                    are sent again after it, also beside one whose connection hangs */
  enum soap_rm_session_shape session_shape;      /* default SOAP_RM_SHAPE_LEARN; text: learn, request-reply, one-way */
  enum soap_rm_concurrency_mode concurrency_mode;/* default SOAP_RM_CONCURRENCY_SINGLE; text: single, multiple */
  int reliable_session_required;     /* default 0: a server serves calls without RM as before (they have no promise);
                                        1: refused as WCF does (WsrmRequired, ActionNotSupported). */
  int reopen_after_fault;            /* default 0: calls on a dead session fail until soap_rm_reopen(); 1: the next call
                                        opens a new session. */
  int max_sessions;                  /* default 1024, 1 .. 1048576. Server: open sessions of one registered context. */
  int max_sessions_per_principal;    /* default 64, 1 .. 1048576. Server: of one TLS peer or HTTP user, where there is one. */
  size_t max_message_size;           /* default 4194304, 1024 .. 2147483647 bytes read, also chunked, also after inflating,
                                        also of what is posted without a session.
                                        An answer beyond it ends a client's session: it would come again and again. */
  soap_rm_milliseconds read_timeout; /* default 30000, 1 .. 2147483647. From the first bytes of a message to its last. Server:
                                        slower ones are refused; what PUT and form handlers read is not bounded. Client:
                                        the answer counts as lost. */
  size_t session_memory;             /* default 16777216, 65536 .. 2147483647 bytes: early messages and kept replies. */
  size_t total_memory;               /* default 268435456, 65536 .. 1099511627776 bytes: the same of all sessions of a server
                                        together. Each may have 64 KiB whatever the others keep. */
  int max_connections;               /* default 8, 1 .. 256. Client: concurrent exchanges per endpoint in the background. */
  int compress;                      /* default 0. Client and server: 1 sends gzip to peers that take it. Reading gzip is
                                        always on. */
  char via[1024];                    /* default "": send to the To. Else the address to send to (WCF: ClientVia). */
  char one_way_actions[4096];        /* default "": learnt. Actions of one-way operations, separated by spaces. */
  char response_endpoints[4096];     /* default "": none. Server: whom it may connect to; see "response endpoints" below. */

  /* -- durable sessions: see "durable sessions" below -- */
  char store[1024];                  /* default "": in memory, as WCF's. "sqlite:/path/file.db": sessions survive the process. */
  size_t store_quota;                /* default 1073741824, 1048576 .. 1099511627776 bytes of that file. Full: new messages
                                        wait (client) or are refused (server), accepted ones are kept. */
  enum soap_rm_delivery_mode delivery_mode;   /* default SOAP_RM_AT_LEAST_ONCE; text: at-least-once, at-most-once,
                                                 exactly-once. Server. */
  enum soap_rm_session_loss after_session_loss; /* default SOAP_RM_LOSS_DEAD_LETTER; text: dead-letter, resend. Client. */

  /* -- callbacks -- */
  /* Called when a client session changes state, by the thread that noticed, with no lock held. It may call
   * soap_rm_session_state() and soap_rm_reopen(); it must not make calls on the session. Default NULL. */
  void (*state_changed)(void *user, const struct soap_rm_event *event);
  void *state_changed_user;
  /* What happens, line by line: messages in and out with the time since the line before, calls, changes of state. The
   * lines of a session are a script that can be played again (tests/scenarios/README.md): send them in with a problem.
   * Called by the thread that it concerns, for one line of a session at a time; must not call back. Default NULL. */
  void (*trace)(void *user, const char *line);
  void *trace_user;
  /* While registration reads what an earlier process has left in the store: so many of so many rows. By the thread that
   * registers. Default NULL. */
  void (*recovery)(void *user, uint64_t done, uint64_t total);
  void *recovery_user;
};

/* Sets every member to its default. Never fails. Any thread. The structures of this header that begin with a size grow
 * at their end only: a program may be compiled with an older header than the library's. */
#define soap_rm_options_default(options) soap_rm_options_default_sized((options), sizeof(struct soap_rm_options))
void soap_rm_options_default_sized(struct soap_rm_options *options, size_t size);

/* Sets one option from text: `name` as above (or WCF's attribute name: maxRetryCount), durations in milliseconds or as
 * hh:mm:ss[.fff], booleans 0/1/true/false. 0 on success; else -1, and `error` (may be NULL) gets a sentence. */
int soap_rm_options_set(struct soap_rm_options *options, const char *name, const char *value, char *error,
                        size_t error_size);

/* Sets options from lines of name=value; empty lines and lines that begin with # are skipped. `source` names the text
 * in errors ("options.txt:3: ..."). 0 or -1 as above; on an error nothing is changed. */
int soap_rm_options_text(struct soap_rm_options *options, const char *text, const char *source, char *error,
                         size_t error_size);

/* Sets options from a WCF configuration file (App.config, Web.config): the binding of that name among customBinding
 * (with reliableSession, textMessageEncoding, httpTransport or httpsTransport), wsHttpBinding and ws2007HttpBinding
 * (with reliableSession). What cannot be honoured and what is wrong is refused with file, line and a sentence; nothing
 * is ignored silently. 0 or -1 as above; on an error nothing is changed. Reads the file; may block on it. */
int soap_rm_options_load(struct soap_rm_options *options, const char *file, const char *binding, char *error,
                         size_t error_size);

/* Whether every value is in its range and they fit together. 0 or -1 with a sentence, as above. */
int soap_rm_options_check(const struct soap_rm_options *options, char *error, size_t error_size);

/* ---- registration --------------------------------------------------------------------------------------------- */

/* The plugin: soap_register_plugin_arg(soap, soap_rm, &options), or soap_register_plugin(soap, soap_rm) for the
 * defaults. Returns SOAP_OK or an error code; refused with a sentence: options out of range, and a plugin that cannot
 * work with it (README, table of plugins). A program of another gSOAP version than the library's does not link. */
int soap_rm(struct soap *soap, struct soap_plugin *plugin, void *options);

/* ---- client --------------------------------------------------------------------------------------------------- */

/* Opens the session with `endpoint` now instead of at the first call. SOAP_OK or an error code. Blocks until the answer
 * or open_timeout. Already open: SOAP_OK. */
int soap_rm_open(struct soap *soap, const char *endpoint);

/* Waits until every message submitted to `endpoint` (NULL: to all) is acknowledged or the session is dead, at most
 * `timeout` milliseconds (0 or less: looks, and does not block). SOAP_OK, also when there is no session; SOAP_EOF when
 * time ran out; or the session's error. */
int soap_rm_flush(struct soap *soap, const char *endpoint, soap_rm_milliseconds timeout);

/* Closes the session with `endpoint` (NULL: all of this registered context and its copies): waits for outstanding
 * messages, then LastMessage and TerminateSequence (2005) or CloseSequence and TerminateSequence (1.1). Blocks at most
 * close_timeout. SOAP_OK only when the service confirmed. The next call opens a new session. */
int soap_rm_close(struct soap *soap, const char *endpoint);

/* Ends the session with `endpoint` (NULL: all) at once: outstanding calls fail, the service is told
 * (SequenceTerminated) in the background. Does not block. SOAP_OK, also when there is none. WCF: Abort(). */
int soap_rm_abort(struct soap *soap, const char *endpoint);

/* After a fault: forget the dead session with `endpoint` (NULL: every dead one); the next call opens a new one.
 * Sessions that live stay. Does not block. SOAP_OK, also when there is none. */
int soap_rm_reopen(struct soap *soap, const char *endpoint);

/* The state of the session with `endpoint` (NULL: of the first there is); SOAP_RM_CREATED when there is none. Does not
 * block. WCF: CommunicationState. */
enum soap_rm_state soap_rm_session_state(struct soap *soap, const char *endpoint);

/* ---- server: inside an operation ------------------------------------------------------------------------------ */

/* The session's wsrm:Identifier; NULL when the call came without RM. Valid until the operation returns. */
const char *soap_rm_session_id(struct soap *soap);

/* The message number of the call within its session; 0 when the call came without RM. */
uint64_t soap_rm_message_number(struct soap *soap);

/* The application's state of this session (WCF: InstanceContextMode.PerSession); NULL until set, or without RM. With
 * concurrency_mode single no two operations of a session run at once, so it needs no lock. */
void *soap_rm_session_user(struct soap *soap);

/* Sets it; `destroy` (may be NULL) is called once, when another pointer is set or after the session has ended and its
 * last operation has returned: by the thread that ended it, or that serves or looks at time next; with no lock held.
 * SOAP_OK, or SOAP_ERR when the call came without RM. */
int soap_rm_set_session_user(struct soap *soap, void *user, void (*destroy)(void *user));

/* ---- response endpoints ------------------------------------------------------------------------------------------
 *
 * Without the option response_endpoints a server opens no connection, whatever its peers ask for: in AcksTo, ReplyTo,
 * FaultTo and Offer nothing but the anonymous address is accepted. The option lists hosts of clients that want their
 * acknowledgements at an address of their own (a decoupled endpoint): scheme://host or scheme://host:port, separated by
 * spaces, as "https://client.example http://10.0.0.7:9000". An address matches when scheme, host (in either case) and
 * port are the same; its path may be any. Spellings that can be read in two ways match nothing: users, fragments, numbers
 * of hosts in other than four decimal parts, names that end with a dot.
 *
 * A CreateSequence whose AcksTo and ReplyTo are such an address is accepted without its Offer. From then on
 * acknowledgements are posted there, and so are answers and faults of messages whose ReplyTo (FaultTo) it is; the exchange
 * gets HTTP 202. A message without ReplyTo, or with the anonymous one, is answered on its exchange, but for the
 * acknowledgement. What a two-way operation answers is posted when its message has that ReplyTo and a MessageID:
 * once, since there is no sequence for replies. A post that is lost is not repeated: the client repeats its message, and
 * gets the acknowledgement again.
 *
 * The name is resolved once for each post, and the connection goes to the address that was checked: never to link-local,
 * unspecified, multicast or broadcast ones, nor to IPv4 addresses disguised as IPv6; a name that has one such address
 * is not connected to at all. Loopback and private addresses are, since the host is listed: whoever gives a listed name
 * its addresses decides on that; list the number where that matters. Redirects are not followed, proxies not used. For
 * https the certificate must be of the host, by an authority that the system's OpenSSL believes (SSL_CERT_FILE). A post may
 * take read_timeout; each host has 4 threads, 128 posts and 16 MiB, each address 16 posts: what is beyond is lost.
 * Freeing the last context ends posts that are on their way, and waits for names that are being resolved.
 *
 * Not for durable servers (option `store`): they accept anonymous addresses only. */

/* ---- durable sessions --------------------------------------------------------------------------------------------
 *
 * With the option `store` nothing acknowledged is lost when either program is killed, the power fails or the disk is full.
 * One program at a time uses a file; its peer need not know. Registration reads it: a file that is damaged, of a newer
 * version, read-only or in use is refused with a sentence, never replaced. gsoaprm-store lists, re-drives and purges.
 *
 * Client. A one-way call returns when its message is on the disk, whether the service can be reached or not; it waits
 * there without a limit of retries, and goes out in order, in this process or the next. max_retry_count,
 * inactivity_timeout and open_timeout do not end a durable session. A call whose reply does not come within
 * send_timeout fails, and its message still goes on.
 *
 * Server. What a crash may do to the operation that runs is chosen by delivery_mode. An application with a database of
 * its own uses soap_rm_session_id() and soap_rm_message_number() as the key under which it remembers what it has done. */

/* Client: goes on with the sessions and the waiting messages that an earlier process has left for `endpoint` (NULL: for
 * all), with the connection settings of this context (certificates, proxy, credentials). The first call to an endpoint
 * does the same for it. Does not block on the network. SOAP_OK, also when there is nothing; or an error code. */
int soap_rm_resume(struct soap *soap, const char *endpoint);

/* Server, inside an operation, with delivery_mode exactly-once: the sqlite3 * in whose open transaction the operation
 * writes what must happen exactly once. Tables are the application's own; names that begin with rm_ are the plugin's.
 * It must neither end the transaction nor use the handle after the operation has answered; when the operation returns a
 * fault its writes are undone. Other sessions wait while it runs: keep it short. NULL in every other case. */
void *soap_rm_transaction(struct soap *soap);

/* ---- insight -------------------------------------------------------------------------------------------------- */

struct soap_rm_metrics {             /* sums over the sessions of a registered context since registration */
  size_t size;                       /* in: sizeof(struct soap_rm_metrics); filled as far as it goes */
  uint64_t messages_sent;            /* client: application messages submitted */
  uint64_t retransmissions;          /* client: further sendings of them, after a time-out */
  uint64_t keep_alives;              /* client: AckRequested on idle sessions */
  uint64_t sessions_opened;          /* client and server */
  uint64_t sessions_faulted;         /* client and server */
  uint64_t operations_started;       /* server: messages given to the application */
  uint64_t duplicates_suppressed;    /* server: copies that were not executed */
  uint64_t replies_repeated;         /* server: kept replies sent again */
  uint64_t early_messages_kept;      /* server: kept until a gap closed */
  uint64_t messages_dropped;         /* server: not taken for want of room; never acknowledged */
  uint64_t open_sessions;            /* server: now */
  uint64_t answers_collected;        /* client: further sendings for an answer that the service had put off (202) */
  uint64_t store_commits;            /* durable sessions: commits that had something in them */
  uint64_t store_failed_commits;     /* those that failed, and were written again */
  uint64_t store_bytes;              /* in use in the file, now */
  uint64_t dead_letters;             /* messages that became dead letters */
  uint64_t responses_posted;         /* server: answers that an endpoint of response_endpoints has taken */
  uint64_t responses_lost;           /* those that it has not, or that there was no room for; never sent again unasked */
};

/* SOAP_OK, or an error code when the plugin is not registered or the size is none. Counts that only a newer library has
 * are 0. */
int soap_rm_get_metrics(struct soap *soap, struct soap_rm_metrics *metrics);

/* soap->error of a call that failed because of its reliable session. */
#define SOAP_RM_ERROR 900

enum soap_rm_error_class {
  SOAP_RM_NO_ERROR = 0,
  SOAP_RM_TRY_AGAIN = 1,             /* this call failed; the session lives */
  SOAP_RM_SEQUENCE_DEAD = 2,         /* the session is over; reopen, or close and call again */
  SOAP_RM_ENDPOINT_DEAD = 3,         /* a new session would fail as well: the peer or the configuration must change */
  SOAP_RM_MISUSE = 4                 /* the program or its options are wrong */
};
enum soap_rm_outcome {
  SOAP_RM_NOT_SENT = 0,              /* the failed call was certainly not executed */
  SOAP_RM_UNKNOWN = 1,               /* it may have been executed, at most once */
  SOAP_RM_EXECUTED = 2               /* it was acknowledged; only the reply is missing */
};

struct soap_rm_error {
  size_t size;                       /* in: sizeof(struct soap_rm_error); filled as far as it goes */
  enum soap_rm_error_class error_class;
  enum soap_rm_outcome outcome;
  const char *code;                  /* valid until the next call on this context */
  const char *reason;
  const char *advice;
};

/* Details of the last error of this context; class SOAP_RM_NO_ERROR when there was none. Does not block.
 * SOAP_OK, or an error code as above. */
int soap_rm_get_error(struct soap *soap, struct soap_rm_error *error);

#ifdef __cplusplus
}
#endif
#endif
