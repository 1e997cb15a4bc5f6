// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"context"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// progress keeps somebody who waits informed. A nil one informs nobody.
type progress struct {
	send func(message string)
	last string
}

// say sends a message, unless it is the one that was sent last.
func (p *progress) say(message string) {
	if p == nil || message == p.last {
		return
	}
	p.last = message
	p.send(message)
}

// status says how far a start is.
func (p *progress) status(status sekoia.Status) {
	if status == "" {
		p.say("Sekoia gives no status for the connector")
		return
	}
	p.say("The connector's status is " + credential.Sanitize(string(status)))
}

// tellAssets says what happens, and how many assets the connector has brought so far: one call more, which is only made
// if somebody is informed.
func (r *runner) tellAssets(ctx context.Context, message string) {
	if r.tell == nil {
		return
	}
	if count, err := r.client.CountAssets(ctx, r.id); err == nil {
		message += "; " + counted(count, "asset") + " so far"
	}
	r.tell.say(message)
}

// message says what a cycle does.
func (c *cycle) message() string {
	switch {
	case c.ended:
		return "The fetch cycle has ended"
	case c.paused != "":
		return "Sekoia limits the connector's calls, and it pauses. Its log says: " + shownLine(c.paused)
	case c.refused.count() > 0:
		return "Sekoia refuses the connector's assets, and it starts again. Its log says: " + shownLine(c.refusal)
	case c.failed != "":
		return "The connector could not fetch devices. Waiting for the end of its cycle"
	case c.posted:
		return "The connector is sending what it fetched"
	case c.begun:
		return "The fetch cycle has begun"
	default:
		return "Waiting for the fetch cycle to begin"
	}
}
