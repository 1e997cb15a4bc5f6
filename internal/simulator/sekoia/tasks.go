// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"time"

	"github.com/google/uuid"
)

// Statuses of a task.
const (
	taskRunning  = "RUNNING"
	taskFinished = "FINISHED"
)

// taskTime is how long Sekoia works on a push, before the tempo divides it: "most tasks complete in about a second" is
// what its SDK counts on.
const taskTime = time.Second

// task is a push that Sekoia has taken. Its assets are there when it is done, not before.
type task struct {
	id    string
	by    *connector
	items []pushedItem // nil when they are worked off
	due   time.Time
}

// pushed takes a push in, and returns its task's id. The caller holds the lock.
func (s *Store) pushed(items []pushedItem, by *connector) string {
	made := &task{id: uuid.NewString(), by: by, items: items, due: s.now().Add(s.tempo.Scaled(taskTime))}
	s.tasks[made.id] = made
	s.queue = append(s.queue, made)
	return made.id
}

// workOff does the tasks that are due, in the order of their pushes. The caller holds the lock; whoever looks at assets
// calls it first.
func (s *Store) workOff() {
	now := s.now()
	for len(s.queue) > 0 && !s.queue[0].due.After(now) {
		done := s.queue[0]
		s.queue = s.queue[1:]
		at := s.assets.moment(done.due)
		for _, item := range done.items {
			s.assets.add(item, done.by, at)
		}
		done.items = nil
	}
}

// getTask answers what became of a push.
func (c *sekoiaCloud) getTask(made *call) (answer, *refusal) {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	c.store.workOff()
	found := c.store.tasks[made.id]
	if found == nil {
		return refuse(notFound("Task not found"))
	}
	status := taskFinished
	if found.items != nil {
		status = taskRunning
	}
	return ok(map[string]any{"uuid": found.id, "status": status, "error": nil})
}
