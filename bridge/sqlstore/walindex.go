package sqlstore

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

// walIndex is what the index of a WAL (-shm) says of it. It outlives the
// process that kept it, though not always the machine, and says that frames
// are committed or copied only after that is durable. So what it says is true,
// if not always the newest.
type walIndex struct {
	// committed frames of the WAL, and how many of them have been copied into
	// the database; 0, 0: nothing is known.
	committed, copied int
}

// readIndex reads the index, if it is of the WAL with that salt; nil: of any.
func readIndex(path string, salt []byte) (x walIndex) {
	file, err := os.Open(path + "-shm")
	if err != nil {
		return x
	}
	defer file.Close()
	var content [100]byte // the head twice, and how many are copied
	if _, err := io.ReadFull(file, content[:]); err != nil {
		return x
	}
	head, order := content[:48], binary.NativeEndian
	sum := [2]uint32{order.Uint32(head[40:]), order.Uint32(head[44:])}
	switch {
	case string(head) != string(content[48:96]), head[12] == 0, checksum(order, [2]uint32{}, head[:40]) != sum:
		return x // being written when the machine stopped, or none
	case salt != nil && string(salt) != string(head[32:40]):
		return x
	}
	return walIndex{committed: int(order.Uint32(head[16:])), copied: int(order.Uint32(content[96:]))}
}

// lost tells what of that which was acknowledged SQLite would pass over; nil:
// nothing that can be told. One commit behind the place that does not hold may
// be the one that the machine's end has cut off.
func (w *wal) lost() error {
	needed := w.index.committed > w.index.copied
	switch {
	case w.index.committed > 0 && !needed:
		return nil // it is all in the database
	case w.broken && len(w.frames) > 0:
		return fmt.Errorf("the head of its WAL is damaged, and %d commits behind it cannot be read", w.after)
	case needed && w.committed < w.index.committed:
		return fmt.Errorf("its WAL is missing, cut or damaged: %d of %d pages that were committed cannot be read",
			w.index.committed-w.committed, w.index.committed)
	case w.after > 1:
		return fmt.Errorf("its WAL is damaged in the middle: %d commits behind that place cannot be read", w.after)
	}
	return nil
}
