/* Handlers of rethook get the return address. cb16330d1274 "fprobe: Pass return address to the handlers" (v6.5) */
#include <linux/rethook.h>

static void rethook_probe_handler(struct rethook_node *node, void *data, unsigned long ret_addr, struct pt_regs *regs)
{
}

rethook_handler_t probe(void);
rethook_handler_t probe(void)
{
	return rethook_probe_handler;
}
