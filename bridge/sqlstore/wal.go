package sqlstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// The WAL, as https://www.sqlite.org/fileformat2.html#walformat has it: a
// header, and a frame for each page that a transaction has changed; the last
// frame of a transaction says how large the database is then. Checksums go on
// from frame to frame, so SQLite reads up to the first that does not hold, and
// takes what is behind it for the rest of a commit that was cut off. That may
// be so, or acknowledged commits are there that nobody would miss: it is
// looked at here, before SQLite writes over them.
const (
	walHeader   = 32
	frameHeader = 24
)

// wal is what is in a WAL.
type wal struct {
	pageSize int
	salt     [8]byte
	frames   []frame
	// committed is how many of them SQLite will read.
	committed int
	// size of the database, in pages, after them; 0: there are none.
	size uint32
	// index is what the process that wrote it has left to know.
	index walIndex
	// after is how many commits begin or end behind the first frame that
	// does not hold.
	after int
	// broken: the header itself does not hold.
	broken bool
}

// frame is one of the pages in a WAL.
type frame struct {
	page, size uint32
	salt       [8]byte
	sum        [2]uint32 // as its header says
	// holds: its checksum follows from that of the frame before.
	holds bool
}

// readWAL reads the WAL of the database at path; an empty one if there is none.
func readWAL(path string) (*wal, error) {
	w := &wal{pageSize: 4096}
	file, err := os.Open(path + "-wal")
	if errors.Is(err, os.ErrNotExist) {
		w.index = readIndex(path, nil)
		return w, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var header [walHeader]byte
	if _, err := io.ReadFull(file, header[:]); err != nil { // SQLite takes it for empty
		w.index = readIndex(path, nil)
		return w, nil
	}
	order, sum, ok := headerOf(header[:])
	w.broken = !ok
	if size := binary.BigEndian.Uint32(header[8:]); size >= 512 && size <= 65536 && size&(size-1) == 0 {
		w.pageSize = int(size)
	}
	if err := w.readFrames(file, order, sum); err != nil {
		return nil, fmt.Errorf("read %s: %w", file.Name(), err)
	}
	w.salt = [8]byte(header[16:24])
	w.count()
	if w.broken {
		w.index = readIndex(path, nil)
	} else {
		w.index = readIndex(path, header[16:24])
	}
	return w, nil
}

// headerOf reads a WAL's header: the order of bytes in which its checksums are
// made, its own checksum, and whether it holds.
func headerOf(header []byte) (order binary.ByteOrder, sum [2]uint32, ok bool) {
	order = binary.LittleEndian
	magic := binary.BigEndian.Uint32(header)
	if magic == 0x377f0683 {
		order = binary.BigEndian
	}
	said := [2]uint32{binary.BigEndian.Uint32(header[24:]), binary.BigEndian.Uint32(header[28:])}
	return order, said, magic&^1 == 0x377f0682 && checksum(order, [2]uint32{}, header[:24]) == said
}

// checksum goes on from sum over data, of which the length is a multiple of 8.
func checksum(order binary.ByteOrder, sum [2]uint32, data []byte) [2]uint32 {
	for ; len(data) >= 8; data = data[8:] {
		sum[0] += order.Uint32(data) + sum[1]
		sum[1] += order.Uint32(data[4:]) + sum[0]
	}
	return sum
}

// readFrames reads all frames that are whole. Each is held against the sum
// that the one before says, so one that is damaged leaves the next in doubt
// only if it is its header that is.
func (w *wal) readFrames(r io.Reader, order binary.ByteOrder, sum [2]uint32) error {
	buffer := make([]byte, frameHeader+w.pageSize)
	for {
		if _, err := io.ReadFull(r, buffer); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return nil
			}
			return err
		}
		f := frame{
			page: binary.BigEndian.Uint32(buffer), size: binary.BigEndian.Uint32(buffer[4:]), salt: [8]byte(buffer[8:16]),
			sum: [2]uint32{binary.BigEndian.Uint32(buffer[16:]), binary.BigEndian.Uint32(buffer[20:])},
		}
		f.holds = checksum(order, checksum(order, sum, buffer[:8]), buffer[frameHeader:]) == f.sum
		sum = f.sum
		w.frames = append(w.frames, f)
	}
}

// count finds how far SQLite will read, and what is behind.
func (w *wal) count() {
	whole := 0
	for i, f := range w.frames {
		if w.broken || !f.holds || f.salt != w.salt || f.page == 0 {
			break
		}
		whole = i + 1
		if f.size != 0 {
			w.committed, w.size = whole, f.size
		}
	}
	for i, f := range w.frames[whole:] {
		known := f.salt == w.salt || w.broken && f.salt == w.frames[0].salt
		if (known || i == 0 && w.holds(whole+1)) && f.size != 0 && f.page != 0 {
			w.after++
		}
	}
}

// holds reports whether frame i is of this WAL and follows from the one before.
func (w *wal) holds(i int) bool {
	return i < len(w.frames) && w.frames[i].holds && w.frames[i].salt == w.salt
}
