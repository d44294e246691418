package simulator

import (
	"container/heap"
	"time"
)

// schedule is what has to be done later, by time and then in the order in
// which it was planned. Not safe for concurrent use.
type schedule struct {
	tasks   tasks
	planned int
}

type task struct {
	due   time.Time
	order int
	do    func()
}

func (s *schedule) add(due time.Time, do func()) {
	s.planned++
	heap.Push(&s.tasks, task{due: due, order: s.planned, do: do})
}

// due takes the next task that is due at now.
func (s *schedule) due(now time.Time) (func(), bool) {
	if len(s.tasks) == 0 || s.tasks[0].due.After(now) {
		return nil, false
	}
	return heap.Pop(&s.tasks).(task).do, true
}

// next is when the next task is due.
func (s *schedule) next() (time.Time, bool) {
	if len(s.tasks) == 0 {
		return time.Time{}, false
	}
	return s.tasks[0].due, true
}

// tasks is a heap.Interface.
type tasks []task

func (t tasks) Len() int { return len(t) }

func (t tasks) Less(i, j int) bool {
	if t[i].due.Equal(t[j].due) {
		return t[i].order < t[j].order
	}
	return t[i].due.Before(t[j].due)
}

func (t tasks) Swap(i, j int) { t[i], t[j] = t[j], t[i] }

func (t *tasks) Push(x any) { *t = append(*t, x.(task)) }

func (t *tasks) Pop() any {
	old := *t
	last := old[len(old)-1]
	*t = old[:len(old)-1]
	return last
}
