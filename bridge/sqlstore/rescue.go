package sqlstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// rescue makes a copy of a database and its WAL that SQLite opens in spite of
// the damage that [inspect] finds: with a head, with pages of nothing where it
// was cut, and with all frames of the WAL that hold, also behind one that does
// not. What is left of its contents must be read with care.
func (w *wal) rescue(path, to string) error {
	if _, size, err := readHead(path); err != nil || size == 0 {
		return errors.Join(err, errors.New("nothing can be read without the database's file: its WAL has the newest changes alone"))
	}
	if err := copyFile(path, to); err != nil {
		return err
	}
	if err := w.mend(to); err != nil {
		return fmt.Errorf("mend copy: %w", err)
	}
	if len(w.frames) == 0 {
		return nil
	}
	if err := w.rewrite(path+"-wal", to+"-wal"); err != nil {
		return fmt.Errorf("copy WAL: %w", err)
	}
	return nil
}

// mend gives a copy a head, if it has lost its own, and the size that it says.
func (w *wal) mend(path string) error {
	head, size, err := readHead(path)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	pages := max(binary.BigEndian.Uint32(head[28:]), w.size)
	if string(head[:16]) != sqliteMagic || binary.BigEndian.Uint16(head[16:]) != 4096 {
		pages = max(uint32(size/4096), w.size)
		if _, err := file.WriteAt(newHead(pages), 0); err != nil {
			return err
		}
	}
	// No more than some frames can have added: a head may lie.
	if most := size/4096 + int64(len(w.frames)) + 1<<22; int64(pages) > size/4096 && int64(pages) <= most {
		return file.Truncate(int64(pages) * 4096)
	}
	return nil
}

// newHead is that of a database of patchbay's, with no list of free pages.
// https://www.sqlite.org/fileformat2.html#the_database_header
func newHead(pages uint32) []byte {
	head := make([]byte, 100)
	copy(head, sqliteMagic)
	copy(head[16:], []byte{0x10, 0, 2, 2, 0, 64, 32, 32}) // pages of 4096, WAL
	for at, value := range map[int]uint32{24: 1, 28: pages, 40: 1, 44: 4, 56: 1, 68: application, 92: 1, 96: 3_046_000} {
		binary.BigEndian.PutUint32(head[at:], value)
	}
	return head
}

// rewrite writes the frames of a WAL that hold to another one, with checksums
// that follow.
func (w *wal) rewrite(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	order, salt := binary.ByteOrder(binary.LittleEndian), w.salt
	if w.broken {
		salt = w.frames[0].salt
	}
	head := make([]byte, walHeader)
	for at, value := range map[int]uint32{0: 0x377f0682, 4: 3_007_000, 8: uint32(w.pageSize)} {
		binary.BigEndian.PutUint32(head[at:], value)
	}
	copy(head[16:], salt[:])
	sum := checksum(order, [2]uint32{}, head[:24])
	putSum(head[24:], sum)
	if _, err := file.Write(head); err != nil {
		return err
	}
	buffer := make([]byte, frameHeader+w.pageSize)
	for i, f := range w.frames {
		if !f.holds || f.salt != salt || f.page == 0 {
			continue
		}
		if _, err := source.ReadAt(buffer, walHeader+int64(i)*int64(len(buffer))); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		sum = checksum(order, checksum(order, sum, buffer[:8]), buffer[frameHeader:])
		putSum(buffer[16:], sum)
		if _, err := file.Write(buffer); err != nil {
			return err
		}
	}
	return file.Sync()
}

func putSum(at []byte, sum [2]uint32) {
	binary.BigEndian.PutUint32(at, sum[0])
	binary.BigEndian.PutUint32(at[4:], sum[1])
}
