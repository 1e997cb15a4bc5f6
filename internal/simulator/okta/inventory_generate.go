// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Sizes of ids and the time that an organization's history spans. The dates do not depend on the day of the test, or
// the same seed would not give the same inventory.
const (
	idLength      = 20 // as in the examples of Okta API 2026.06.3
	alphanumerics = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	capitals      = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	digits        = "0123456789"
	hexadecimals  = "0123456789abcdef"
	sharedEvery   = 10 // each so many devices are shared by several people
	sharedUsers   = 2  // people on a shared device, in addition to the usual number
)

var (
	historyBegin = time.Date(2021, time.January, 4, 8, 0, 0, 0, time.UTC)
	historyEnd   = time.Date(2025, time.October, 31, 18, 0, 0, 0, time.UTC)
)

// emptyName is the oddity of a device that lacks nothing: its display name is there, and empty.
const emptyName = "an empty displayName"

// oddFields are what an odd device lacks, in turn: the fields that the connector's parser requires, four of them in the
// profile. The empty name costs one device and not its page.
func oddFields() []string {
	return []string{"displayName", "platform", "registered", "secureHardwarePresent", "status", "lastUpdated", emptyName}
}

// presence says whether an optional field is there.
type presence int

const (
	present presence = iota
	absent
	null
)

// deck deals values in random order, each as often as it was put in before any comes again: a small inventory has all
// of them.
type deck[T any] struct {
	random *rand.Rand
	cards  []T
	next   int
}

// deal returns the next value.
func (d *deck[T]) deal() T {
	if d.next == 0 {
		d.random.Shuffle(len(d.cards), func(i, j int) { d.cards[i], d.cards[j] = d.cards[j], d.cards[i] })
	}
	card := d.cards[d.next]
	d.next = (d.next + 1) % len(d.cards)
	return card
}

// counted is a value and how many of it a deck holds.
type counted[T any] struct {
	value T
	times int
}

func newDeck[T any](random *rand.Rand, cards ...counted[T]) *deck[T] {
	d := &deck[T]{random: random}
	for _, card := range cards {
		for range card.times {
			d.cards = append(d.cards, card.value)
		}
	}
	return d
}

// generator makes one organization.
type generator struct {
	random     *rand.Rand
	statuses   *deck[string]
	platforms  *deck[string]
	names      *deck[string]
	hardware   map[string]*deck[hardware] // by platform
	encryption map[string]*deck[string]   // by platform
	presences  map[string]*deck[presence] // by field
	flags      *deck[bool]
	management *deck[string]
	locks      *deck[string]
	userStates *deck[string]
	firstNames *deck[string]
	types      [2]string // ids of the user type and its schema
}

// hardware is a make of device, with a version of its system.
type hardware struct{ manufacturer, model, version string }

func newGenerator(seed int64) *generator {
	// The same seed must give the same inventory, and nothing here is a secret.
	random := rand.New(rand.NewPCG(uint64(seed), 0x6f6b7461)) //nolint:gosec // see above
	return &generator{
		random:    random,
		statuses:  statusDeck(random),
		platforms: newDeck(random, counted[string]{"WINDOWS", 7}, counted[string]{"MACOS", 6}, counted[string]{"IOS", 4}, counted[string]{"ANDROID", 3}),
		names:     nameDeck(random),
		hardware:  hardwareDecks(random),
		encryption: map[string]*deck[string]{
			"WINDOWS": newDeck(random, counted[string]{"ALL_INTERNAL_VOLUMES", 3}, counted[string]{"SYSTEM_VOLUME", 1}, counted[string]{"NONE", 1}),
			"MACOS":   newDeck(random, counted[string]{"ALL_INTERNAL_VOLUMES", 3}, counted[string]{"NONE", 1}),
			"IOS":     newDeck(random, counted[string]{"FULL", 1}),
			"ANDROID": newDeck(random, counted[string]{"USER", 2}, counted[string]{"FULL", 1}, counted[string]{"NONE", 1}),
		},
		presences:  map[string]*deck[presence]{},
		flags:      newDeck(random, counted[bool]{true, 3}, counted[bool]{false, 1}),
		management: newDeck(random, counted[string]{"MANAGED", 3}, counted[string]{"NOT_MANAGED", 2}),
		locks:      newDeck(random, counted[string]{"BIOMETRIC", 3}, counted[string]{"PASSCODE", 2}, counted[string]{"NONE", 1}, counted[string]{"", 1}),
		userStates: newDeck(random, counted[string]{"ACTIVE", 8}, counted[string]{"LOCKED_OUT", 1}, counted[string]{"PASSWORD_EXPIRED", 1}, counted[string]{"PROVISIONED", 1},
			counted[string]{"RECOVERY", 1}, counted[string]{"STAGED", 1}, counted[string]{"SUSPENDED", 1}, counted[string]{"DEPROVISIONED", 1}),
		firstNames: newDeck(random, counted[string]{"User", 6}, counted[string]{"Användare", 1}, counted[string]{"Χρήστης", 1}, counted[string]{"用户", 1}, counted[string]{"", 1}),
	}
}

// statusDeck holds the documented statuses, and CREATED, which Okta's own examples show though its enum lacks it.
func statusDeck(random *rand.Rand) *deck[string] {
	return newDeck(random, counted[string]{"ACTIVE", 13}, counted[string]{"CREATED", 2}, counted[string]{"SUSPENDED", 2},
		counted[string]{"UNSUSPENDED", 1}, counted[string]{"DEACTIVATED", 2})
}

// nameDeck holds device names; %03d is the device's index. One of them is given to several devices, as people do. The
// rest are what has to be escaped somewhere: in a search, in HCL, in Markdown, on a terminal.
func nameDeck(random *rand.Rand) *deck[string] {
	names := []counted[string]{{"Laptop %03d", 6}, {"Phone %03d", 3}, {"Reception tablet", 1}}
	for _, name := range []string{
		"Büro-Notebook %03d", "Ordinateur d’accueil %03d", "会議室 %03d", "Планшет %03d", "حاسوب %03d", "Tablet 📱 %03d",
		`Kiosk "Nord" %03d`, `LAB\PC-%03d`, "Rack | ${slot} %03d", "Owner's <Mac> & `dock` %03d",
	} {
		names = append(names, counted[string]{name, 1})
	}
	return newDeck(random, names...)
}

func hardwareDecks(random *rand.Rand) map[string]*deck[hardware] {
	return map[string]*deck[hardware]{
		"WINDOWS": newDeck(random, counted[hardware]{hardware{"Dell Inc.", "Latitude 7440", "10.0.22631.4317"}, 2},
			counted[hardware]{hardware{"LENOVO", "21HD004RGE", "10.0.19045.5011"}, 2}, counted[hardware]{hardware{"HP", "HP EliteBook 840 G10", "10.0.26100.2033"}, 1}),
		"MACOS": newDeck(random, counted[hardware]{hardware{"Apple Inc.", "MacBookPro18,3", "15.1.0"}, 2}, counted[hardware]{hardware{"Apple Inc.", "Mac14,2", "14.7.1"}, 2}),
		"IOS":   newDeck(random, counted[hardware]{hardware{"Apple Inc.", "iPhone15,2", "18.1"}, 3}, counted[hardware]{hardware{"Apple Inc.", "iPad13,4", "17.7.1"}, 1}),
		"ANDROID": newDeck(random, counted[hardware]{hardware{"Google", "Pixel 8", "15:2024-10-05"}, 2},
			counted[hardware]{hardware{"samsung", "SM-S911B", "14:2024-09-01"}, 2}),
	}
}

// generate makes the organization and its devices. It does not look at the clock, and counts below zero are zero. Odd
// and OddFrom have their defaults then.
func generate(cfg *Options) (organization, []*oktaDevice) {
	g := newGenerator(cfg.Seed)
	count := max(cfg.Devices, 0)
	made := organization{id: g.id("00o"), pipeline: pipelineIdentityEngine}
	g.types = [2]string{g.id("oty"), g.id("osc")}
	created := g.createdTimes(count)
	users := g.users(count, max(cfg.UsersPerDevice, 0))
	odd, from := oddDevices(cfg, count)
	devices := make([]*oktaDevice, count)
	for i := range devices {
		lacking := ""
		if i >= from && i < from+odd {
			lacking = oddFields()[(i-from)%len(oddFields())]
		}
		devices[i] = g.device(i, created[i], lacking)
		g.enroll(devices[i], users, max(cfg.UsersPerDevice, 0))
	}
	return made, devices
}

// oddDevices says how many devices are odd, and from which index on.
func oddDevices(cfg *Options, count int) (odd, from int) {
	odd, from = cfg.Odd, cfg.OddFrom
	if odd < 0 {
		odd = count / 100
	}
	if from < 0 {
		from = max(count-max(count/10, odd), 0)
	}
	return odd, from
}

// createdTimes are distinct, spread over the history, and in random order. Okta lists by index. So a test can see that
// a connector which uses the last device's time as its checkpoint loses the older ones.
func (g *generator) createdTimes(count int) []time.Time {
	times := make([]time.Time, count)
	if count == 0 {
		return times
	}
	step := historyEnd.Sub(historyBegin) / time.Duration(count)
	for i := range times {
		within := time.Duration(g.random.Int64N(int64(max(step-time.Millisecond, 1))))
		times[i] = historyBegin.Add(time.Duration(i)*step + within).Truncate(time.Millisecond)
	}
	g.random.Shuffle(count, func(i, j int) { times[i], times[j] = times[j], times[i] })
	return times
}

// device makes the device of an index, less the field that it lacks.
func (g *generator) device(index int, created time.Time, lacking string) *oktaDevice {
	updated := created.Add(time.Duration(g.random.Int64N(int64(historyEnd.Sub(created)) + int64(time.Hour)))).Truncate(time.Millisecond)
	device := &oktaDevice{id: g.id("guo"), sequence: index, created: created, updated: updated}
	device.profile = g.profile(index)
	if lacking == emptyName {
		device.profile = device.profile.With("displayName", "")
	} else if lacking != "" {
		device.profile = device.profile.Without(lacking)
	}
	display := fields{{"sensitive", false}}
	if name, ok := device.profile.Get("displayName"); ok {
		display = fields{{"value", name}, {"sensitive", false}}
	}
	device.body = fields{
		{"id", device.id}, {"status", g.statuses.deal()},
		{"created", created.Format(oktaTime)}, {"lastUpdated", updated.Format(oktaTime)},
		{"profile", device.profile},
		{"resourceType", "UDDevice"}, {"resourceDisplayName", display}, {"resourceAlternateId", nil}, {"resourceId", device.id},
	}
	if lacking == "status" || lacking == "lastUpdated" {
		device.body = device.body.Without(lacking)
	}
	return device
}

// profile makes a device's profile. The fields that the connector requires are always there but osVersion.
func (g *generator) profile(index int) fields {
	platform := g.platforms.deal()
	made := g.hardware[platform].deal()
	name := g.names.deal()
	if strings.Contains(name, "%") {
		name = fmt.Sprintf(name, index)
	}
	profile := make(fields, 0, 16)
	profile = append(profile, field{"displayName", name}, field{"platform", platform})
	profile = g.optional(profile, "manufacturer", made.manufacturer)
	profile = g.optional(profile, "model", made.model)
	profile = g.optional(profile, "osVersion", made.version)
	profile = g.optional(profile, "serialNumber", g.text(capitals, 12))
	profile = g.identifiers(profile, platform)
	profile = append(profile, field{"registered", g.flags.deal()}, field{"secureHardwarePresent", g.flags.deal()})
	profile = g.optional(profile, "managed", g.flags.deal())
	return g.optional(profile, "diskEncryptionType", g.encryption[platform].deal())
}

// identifiers adds what only one family of platforms has.
func (g *generator) identifiers(profile fields, platform string) fields {
	switch platform {
	case "WINDOWS":
		profile = g.optional(profile, "sid", "S-1-5-21-"+g.text(digits[1:], 10)+"-"+g.text(digits[1:], 10)+"-"+g.text(digits[1:], 10))
		return g.optional(profile, "tpmPublicKeyHash", g.text(hexadecimals, 64))
	case "MACOS":
		text := strings.ToUpper(g.text(hexadecimals, 32))
		return g.optional(profile, "udid", text[:8]+"-"+text[8:12]+"-"+text[12:16]+"-"+text[16:20]+"-"+text[20:])
	case "IOS":
		profile = g.optional(profile, "udid", g.text(hexadecimals, 40))
	}
	profile = g.optional(profile, "imei", "35"+g.text(digits, 13))
	profile = g.optional(profile, "meid", "A0"+strings.ToUpper(g.text(hexadecimals, 12)))
	return g.optional(profile, "integrityJailbreak", g.random.IntN(10) == 0)
}

// optional adds a field that may be absent or null. Booleans and osVersion are never null: the document has no device
// where they are, while examples and real inventories have nulls among the texts.
func (g *generator) optional(profile fields, name string, value any) fields {
	dealt := g.presences[name]
	if dealt == nil {
		nulls := 1
		if _, isText := value.(string); !isText || name == "osVersion" {
			nulls = 0
		}
		dealt = newDeck(g.random, counted[presence]{present, 7}, counted[presence]{absent, 1}, counted[presence]{null, nulls})
		g.presences[name] = dealt
	}
	switch dealt.deal() {
	case absent:
		return profile
	case null:
		return append(profile, field{name, nil})
	}
	return append(profile, field{name, value})
}

// users makes the people: fewer than there are enrollments, so that some have several devices.
func (g *generator) users(devices, perDevice int) []*oktaUser {
	if devices == 0 || perDevice == 0 {
		return nil
	}
	users := make([]*oktaUser, max(devices*perDevice*2/3, perDevice+sharedUsers))
	realm := g.id("guo")
	for i := range users {
		users[i] = g.user(i, realm)
	}
	return users
}

// user makes one person; the first name is null for some, as Okta allows.
func (g *generator) user(index int, realm string) *oktaUser {
	created := historyBegin.Add(-time.Duration(g.random.Int64N(int64(365 * 24 * time.Hour)))).Truncate(time.Millisecond).Format(oktaTime)
	login := fmt.Sprintf("user%03d@example.com", index)
	status := g.userStates.deal()
	var activated, lastLogin any = created, historyEnd.Add(-time.Duration(g.random.Int64N(int64(24 * time.Hour)))).Truncate(time.Millisecond).Format(oktaTime)
	if status == "STAGED" {
		activated, lastLogin = nil, nil
	}
	var first any = g.firstNames.deal()
	if first == "" {
		first = nil
	}
	return &oktaUser{
		id: g.id("00u"), realm: realm, kind: g.types[0],
		body: fields{{"status", status}, {"created", created}, {"activated", activated}, {"statusChanged", activated},
			{"lastLogin", lastLogin}, {"lastUpdated", created}, {"passwordChanged", activated}},
		profile: fields{{"firstName", first}, {"lastName", fmt.Sprintf("%03d", index)}, {"mobilePhone", nil}, {"secondEmail", nil},
			{"login", login}, {"email", login}},
	}
}

// enroll puts users on a device. A deactivated one has none: it "lose[s] all device user links" (Okta API 2026.06.3,
// DeviceStatus).
func (g *generator) enroll(device *oktaDevice, users []*oktaUser, perDevice int) {
	if len(users) == 0 || device.body.Text("status") == "DEACTIVATED" {
		return
	}
	count := perDevice
	if device.sequence%sharedEvery == sharedEvery-1 {
		count += sharedUsers
	}
	first := g.random.IntN(len(users))
	device.users = make([]deviceUser, min(count, len(users)))
	for i := range device.users {
		link := fields{{"created", device.created.Add(time.Duration(i) * time.Hour).Format(oktaTime)}, {"managementStatus", g.management.deal()}}
		if lock := g.locks.deal(); lock != "" {
			link = append(link, field{"screenLockType", lock})
		}
		device.users[i] = deviceUser{link: link, user: users[(first+i)%len(users)]}
	}
}

// id makes an id in Okta's form. prefix says the kind.
func (g *generator) id(prefix string) string {
	return prefix + g.text(alphanumerics, idLength-len(prefix))
}

func (g *generator) text(alphabet string, length int) string {
	text := make([]byte, length)
	for i := range text {
		text[i] = alphabet[g.random.IntN(len(alphabet))]
	}
	return string(text)
}
