package etcd

import "context"

// CommitUnchecked sends what [Txn.Check] may refuse.
func (c *Client) CommitUnchecked(ctx context.Context, t Txn) error {
	_, err := c.ask(ctx, call{op: "commit", method: "KV/Txn", body: txnOf(t), write: true})
	return err
}
