// Package record is the account records at rest: heads, blobs, locks and the pool file.
package record
