/* rethook_alloc() makes the nodes. 4bbd93455659 "kprobes: kretprobe scalability improvement" (v6.7) */
#include <linux/rethook.h>

struct rethook *probe(rethook_handler_t handler);
struct rethook *probe(rethook_handler_t handler)
{
	return rethook_alloc(NULL, handler, sizeof(struct rethook_node), 1);
}
