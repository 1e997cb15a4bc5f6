// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/ocsf"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// running is a simulated connector in a bubble of time: what its engine does is what the predictions are held against.
type running struct {
	t       *testing.T
	network http.RoundTripper
	ready   simulator.Ready
	okta    *okta.Client
	sekoia  *sekoia.Client
	account string
	id      string
}

// bubbleAge is how long a bubble waits before its simulator starts.
const bubbleAge = 27 * 8766 * time.Hour

// pass lets time of the bubble pass.
func pass(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // it is in a bubble of testing/synctest
}

func newRunning(t *testing.T, devices int, seed int64, token string) *running {
	t.Helper()
	pass(bubbleAge) // a bubble begins in the year 2000, and the devices were created later
	settings := simulator.DefaultConfig()
	settings.Offline, settings.Devices, settings.Odd, settings.Seed = true, devices, 0, seed
	settings.Speed, settings.SyncInterval, settings.UsersPerDevice = 1, 10_000*time.Hour, 0
	clouds, err := simulator.Start(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = clouds.Close() })
	r := &running{t: t, network: clouds.Transport(), ready: clouds.Ready()}
	client, err := transport.New(transport.Options{Base: r.network})
	if err != nil {
		t.Fatal(err)
	}
	home, err := credential.ParseOrigin(r.ready.OktaURL)
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(r.ready.SekoiaURL)
	if err != nil {
		t.Fatal(err)
	}
	r.okta = okta.New(okta.Config{HTTP: client, Origin: home, Token: credential.NewSecret(r.ready.OktaToken)})
	r.sekoia = sekoia.New(sekoia.Config{HTTP: client, BaseURL: base, APIKey: credential.NewSecret(r.ready.SekoiaAPIKey)})
	var made struct{ UUID string }
	if token == "" {
		token = r.ready.OktaToken
	}
	r.call("POST", r.ready.SekoiaURL+"/v1/symphony/module-configurations", map[string]any{
		"name": "Okta", "module_uuid": sekoia.OktaModuleID, "community_uuid": r.ready.CommunityID,
		"value": map[string]any{"base_url": r.ready.OktaURL, "apikey": token},
	}, &made)
	r.account = made.UUID
	return r
}

// call makes a call of either cloud's or the simulator's own.
func (r *running) call(method, to string, body, into any) {
	r.t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		r.t.Fatal(err)
	}
	if body == nil {
		encoded = nil
	}
	request, err := http.NewRequestWithContext(r.t.Context(), method, to, bytes.NewReader(encoded))
	if err != nil {
		r.t.Fatal(err)
	}
	if strings.HasPrefix(to, r.ready.SekoiaURL) {
		request.Header.Set("Authorization", "Bearer "+r.ready.SekoiaAPIKey)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := r.network.RoundTrip(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it is in memory
	if response.StatusCode >= http.StatusMultipleChoices {
		r.t.Fatalf("%s %s: %d", method, to, response.StatusCode)
	}
	if into != nil {
		if err := json.NewDecoder(response.Body).Decode(into); err != nil {
			r.t.Fatal(err)
		}
	}
}

func (r *running) connectors() string {
	return r.ready.SekoiaURL + "/v1/symphony/connector-configurations"
}

// create makes the connector, which starts.
func (r *running) create() {
	r.t.Helper()
	var made struct{ UUID string }
	r.call("POST", r.connectors(), map[string]any{
		"name": "devices", "connector_uuid": sekoia.OktaDeviceConnectorID, "module_configuration_uuid": r.account,
		"community_uuid": r.ready.CommunityID, "value": map[string]any{},
	}, &made)
	r.id = made.UUID
}

func (r *running) stop() {
	r.t.Helper()
	r.call("POST", r.connectors()+"/"+r.id+"/stop", nil, nil)
	pass(time.Minute)
}

func (r *running) start() {
	r.t.Helper()
	r.call("POST", r.connectors()+"/"+r.id+"/start", nil, nil)
}

// settle lets cycles follow one another until the connector sleeps.
func (*running) settle() { pass(10 * time.Hour) }

// put changes a device, or adds one.
func (r *running) put(id string, device map[string]any) {
	r.t.Helper()
	r.call("PUT", r.ready.AdminURL+"/_simulator/devices/"+id, device, nil)
}

func (r *running) drop(id string) {
	r.t.Helper()
	r.call("DELETE", r.ready.AdminURL+"/_simulator/devices/"+id, nil, nil)
}

// broken is a device in JSON that the connector trips over in this way; "" is a good one.
func broken(number int, flaw string) map[string]any {
	profile := map[string]any{"displayName": fmt.Sprint("Laptop ", number), "platform": "WINDOWS", "registered": true, "secureHardwarePresent": true}
	device := map[string]any{"status": "ACTIVE", "lastUpdated": "2025-11-01T10:00:00.000Z", "profile": profile}
	switch name, inside := strings.CutPrefix(flaw, "resourceDisplayName."); {
	case flaw == emptyName:
		profile["displayName"] = ""
	case flaw == badTime:
		device["lastUpdated"] = "tomorrow"
	case inside:
		display := map[string]any{"value": "Laptop", "sensitive": false}
		delete(display, name)
		device["resourceDisplayName"] = display
	case flaw == "status" || flaw == "lastUpdated":
		device[flaw] = nil // left out, the simulator would add it
	default:
		delete(profile, flaw)
	}
	return device
}

const (
	emptyName = "an empty name"
	badTime   = "a time that can't be read"
)

// flaws are all that the connector's parser requires and a device can be without in Okta, and what it skips a device
// for.
func flaws() []string {
	return append(slices.DeleteFunc(ocsf.RequiredFields(), func(name string) bool { return name == "id" || name == "created" }), emptyName, badTime)
}

// taken is both sides at one time.
type taken struct {
	devices []okta.Device
	assets  []sekoia.Asset
}

func (r *running) take() taken {
	r.t.Helper()
	var found taken
	for page, err := range r.okta.Devices(r.t.Context(), okta.DeviceQuery{}) {
		if err != nil {
			r.t.Fatal(err)
		}
		found.devices = append(found.devices, page.Devices...)
	}
	for asset, err := range r.sekoia.Assets(r.t.Context(), sekoia.AssetQuery{ConnectorID: r.id, IncludeRevoked: true}) {
		if err != nil {
			r.t.Fatal(err)
		}
		found.assets = append(found.assets, asset)
	}
	return found
}

// checkpoint is the true one, as the connector's log has it; "" if there is none.
func (r *running) checkpoint() string {
	r.t.Helper()
	var log struct {
		Items []struct{ Message, Date string }
	}
	r.call("GET", r.connectors()+"/"+r.id+"/logs?limit=100", nil, &log)
	newest, at := "", ""
	for _, line := range log.Items {
		if value, found := strings.CutPrefix(line.Message, "Checkpoint updated with date: "); found && line.Date > newest {
			newest, at = line.Date, value
		}
	}
	return at
}

// tally is how the predictions of many cases came out.
type tally struct {
	missing, unknown int
	// gone reports whether the last push had devices that are gone from Okta.
	gone bool
}

// predicts says what the next sync brings, lets it happen, and compares. A device that is called unknown must be one of
// which the test's own reasoning says so too: see open.
func (r *running) predicts() tally {
	r.t.Helper()
	before := r.take()
	said := compared(before.devices, before.assets, r.id)
	reasoned := newReasoning(r, before)
	open := reasoned.open()
	r.start()
	r.settle()
	after := newSightings(r.id)
	for _, asset := range r.take().assets {
		after.read(&asset)
	}
	var counted tally
	wrong := map[string]int{}
	for _, device := range said.missing {
		_, arrived := after.byID[device.id]
		counted.missing++
		switch {
		case device.reason == reasonUnknown:
			counted.unknown++
			if !open[device.id] {
				wrong["unknown, and can be known"]++
			}
		case arrived != (device.reason == reasonPending):
			wrong[fmt.Sprintf("%s, and arrived: %t", device.reason, arrived)]++
		case !arrived && device.reason != reasoned.whyNot(device):
			wrong[fmt.Sprintf("%s, and it is %s", device.reason, reasoned.whyNot(device))]++
		}
	}
	if len(wrong) > 0 {
		r.t.Errorf("%v; %d devices, %d assets, %d missing", wrong, len(before.devices), len(before.assets), len(said.missing))
	}
	counted.gone = reasoned.anything
	r.t.Logf("%d devices, %d assets: %+v", len(before.devices), len(before.assets), counted)
	return counted
}

// reasoning is the test's own way to what can be known: it plays the sync device by device, knows the true checkpoint,
// and changes what nobody can see from the assets.
type reasoning struct {
	devices    []okta.Device
	checkpoint []time.Time // that can't be told apart; the zero time is none
	sizes      []int       // of a batch, likewise; see everyCount
	anything   bool        // a device of the last push is gone
}

// everyCount stands for a size that fills the last batch of each cycle.
const everyCount = -1

func newReasoning(r *running, before taken) *reasoning {
	r.t.Helper()
	found := &reasoning{devices: before.devices, sizes: []int{100, 1 << 30, everyCount}}
	truth := r.checkpoint()
	found.checkpoint = []time.Time{moment(&truth)}
	if truth == "" {
		return found
	}
	seen := newSightings(r.id)
	for index := range before.assets {
		seen.read(&before.assets[index])
	}
	sizes, last := map[time.Time]int{}, time.Time{}
	for _, each := range seen.byID {
		sizes[each.first]++
		if each.last.After(last) {
			last = each.last
		}
	}
	pushed, largest := map[string]bool{}, 0
	for id, each := range seen.byID {
		if each.last.Equal(last) {
			pushed[id] = true
			found.anything = found.anything || !slices.ContainsFunc(before.devices, func(d okta.Device) bool { return d.ID == id })
		}
	}
	for _, size := range sizes {
		largest = max(largest, size)
	}

	// A push as large as any other may have been full or not: then the last device and the one before it can't be told
	// apart.
	if len(pushed) >= largest {
		order := before.devices // of the only push
		if len(sizes) > 1 || !last.Equal(seen.byID[seen.order[0]].first) {
			order = slices.Clone(order)
			slices.SortStableFunc(order, func(a, b okta.Device) int { return moment(a.Created).Compare(moment(b.Created)) })
		}
		found.neighbors(order, pushed)
	}
	return found
}

// neighbors adds the checkpoints next to the end of a push: its last device, the one before that, and those behind it
// that are skipped.
func (r *reasoning) neighbors(order []okta.Device, pushed map[string]bool) {
	end := len(order) - 1
	for end > 0 && !pushed[order[end].ID] {
		end--
	}
	begin := end - 1
	for begin > 0 && !pushed[order[begin].ID] && !skipped(&order[begin]) {
		begin--
	}
	for index := max(begin, 0); index < len(order) && (index <= end || skipped(&order[index])); index++ {
		if pushed[order[index].ID] || skipped(&order[index]) {
			r.checkpoint = append(r.checkpoint, moment(order[index].Created))
		}
	}
}

// skipped reports whether the connector skips the device alone.
func skipped(device *okta.Device) bool {
	return len(ocsf.Lacking(device)) == 0 && (ocsf.Nameless(device) || moment(device.LastUpdated).IsZero())
}

// whyNot is the reason of a device that does not arrive, by the true checkpoint.
func (r *reasoning) whyNot(missing missingDevice) reason {
	device := r.devices[slices.IndexFunc(r.devices, func(d okta.Device) bool { return d.ID == missing.id })]
	newer := func(d okta.Device) bool { return moment(d.Created).After(r.checkpoint[0]) }
	switch {
	case skipped(&device) || len(ocsf.Lacking(&device)) > 0:
		return reasonLacksField
	case !newer(device):
		return reasonBeforeCheckpoint
	case missing.detail == "":
		return reasonBehind
	}

	// The device that it is behind lacks something, and is asked for.
	stop := slices.IndexFunc(r.devices, func(d okta.Device) bool { return d.ID == missing.detail })
	if stop < 0 || len(ocsf.Lacking(&r.devices[stop])) == 0 || !newer(r.devices[stop]) {
		return "behind another device"
	}
	return reasonBehind
}

// open are the devices of which it can't be known whether they arrive.
func (r *reasoning) open() map[string]bool {
	counts, runs := map[string]int{}, 0
	for _, checkpoint := range r.checkpoint {
		for _, size := range r.sizes {
			runs++
			for id := range r.arrive(checkpoint, size) {
				counts[id]++
			}
		}
	}
	result := map[string]bool{}
	for index := range r.devices {
		count := counts[r.devices[index].ID]
		result[r.devices[index].ID] = r.anything || count > 0 && count < runs
	}
	return result
}

// arrive plays cycles until one yields nothing.
func (r *reasoning) arrive(checkpoint time.Time, size int) map[string]bool {
	arrived := map[string]bool{}
	for range 1000 {
		queue := r.devices
		if !checkpoint.IsZero() {
			queue = slices.DeleteFunc(slices.Clone(queue), func(d okta.Device) bool { return !moment(d.Created).After(checkpoint) })
			slices.SortStableFunc(queue, func(a, b okta.Device) int { return moment(a.Created).Compare(moment(b.Created)) })
		}
		yielded, passed, previous := 0, time.Time{}, time.Time{}
		for page := range slices.Chunk(queue, 200) {
			if slices.ContainsFunc(page, func(d okta.Device) bool { return len(ocsf.Lacking(&d)) > 0 }) {
				break
			}
			for _, device := range page {
				if !skipped(&device) {
					yielded++
					arrived[device.ID] = true
					previous = passed
					if size != everyCount && yielded%size == 0 {
						checkpoint = passed
					}
				}
				passed = moment(device.Created)
			}
		}
		if yielded == 0 {
			return arrived
		}
		switch {
		case size == everyCount && yielded > 1:
			checkpoint = previous
		case size == everyCount || yielded%size != 0:
			checkpoint = passed
		}
	}
	panic("the cycles do not end")
}

// Sixty inventories by chance: of any size, with devices that lack something anywhere, added, deleted and fixed, with a
// connector that was stopped in the middle of a load or not.
func TestCover_holdsForInventoriesByChance(t *testing.T) {
	t.Parallel()
	tallies := make([]tally, 60)
	if testing.Short() {
		tallies = tallies[:6]
	}
	t.Run("inventories", func(t *testing.T) {
		t.Parallel()
		for seed := range tallies {
			t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { tallies[seed] = byChance(t, int64(seed)) })
			})
		}
	})
	t.Cleanup(func() {
		for gone, most := range map[bool]int{false: 1, true: 75} { // percent
			var all tally
			for _, each := range tallies {
				if each.gone == gone {
					all.missing += each.missing
					all.unknown += each.unknown
				}
			}
			t.Logf("devices of the last push are gone: %t. %d of %d reasons are unknown", gone, all.unknown, all.missing)
			if all.missing == 0 && !testing.Short() || all.unknown*100 > all.missing*most {
				t.Errorf("that should be at most %d %%", most)
			}
		}
	})
}

func byChance(t *testing.T, seed int64) tally {
	t.Helper()
	random := rand.New(rand.NewPCG(uint64(seed), 12)) //nolint:gosec // the same seed must give the same inventory
	count := 20 + random.IntN(800)
	r := newRunning(t, count, seed, "")
	listed := r.take().devices
	kinds := flaws()
	for range random.IntN(5) {
		// Mostly behind the first page: else nothing arrives at all.
		first := min(len(listed)-1, []int{0, 200, 200, 200, 400}[random.IntN(5)])
		device := listed[first+random.IntN(len(listed)-first)]
		flaw := kinds[random.IntN(len(kinds))]
		changed := broken(1, flaw)
		changed["created"] = *device.Created
		r.put(device.ID, changed)
	}
	r.create()
	if random.IntN(2) == 0 {
		// In the middle of a load, somewhere: each push takes a second.
		pass(3*time.Second + time.Duration(random.IntN(9))*time.Second + 500*time.Millisecond)
	} else {
		r.settle()
	}
	r.stop()
	if random.IntN(3) == 0 { // a restart that gets to its end
		r.start()
		r.settle()
		r.stop()
	}
	for number := range random.IntN(260) {
		flaw := ""
		if random.IntN(120) == 0 {
			flaw = kinds[random.IntN(len(kinds))]
		}
		r.put(fmt.Sprintf("guonew%04d", number), broken(number, flaw))
		pass(time.Second)
	}
	if random.IntN(3) == 0 {
		for _, index := range random.Perm(len(listed) / 4)[:5] {
			r.drop(listed[index].ID)
		}
	}
	return r.predicts()
}

// Each of these is tried at each border: a flawed device right before and right behind it.
func TestCover_holdsAtBorders(t *testing.T) {
	t.Parallel()
	const behind = 450
	var (
		all   tally
		guard sync.Mutex
	)
	t.Cleanup(func() {
		t.Logf("%d of %d reasons are unknown", all.unknown, all.missing)
		if all.missing == 0 || all.unknown*100 > all.missing*5 {
			t.Error("that should be at most 5 %")
		}
	})
	borders := []int{200, 99, 100, 101, 199, 201, 400}
	if testing.Short() {
		borders = borders[:1]
	}
	for _, border := range borders {
		for name, scene := range map[string]func(t *testing.T) tally{
			"no flaw, a restart": func(t *testing.T) tally {
				t.Helper()
				r := newRunning(t, border, 7, "")
				r.create()
				r.settle()
				r.stop()
				r.add(30, nil)
				return r.predicts()
			},
			"stopped after a push, and none of the devices is flawed": func(t *testing.T) tally {
				t.Helper()
				r := newRunning(t, border+behind, 7, "")
				r.create()
				pass(5*time.Second + 500*time.Millisecond)
				r.stop()
				return r.predicts()
			},
			"a first load with the last device before it flawed": func(t *testing.T) tally {
				t.Helper()
				return firstLoad(t, border+behind, border-1)
			},
			"a first load with the first device behind it flawed": func(t *testing.T) tally {
				t.Helper()
				return firstLoad(t, border+behind, border)
			},
			"the last device before it flawed, after a load that stopped": func(t *testing.T) tally {
				t.Helper()
				return stoppedLoad(t, border+behind, border-1)
			},
			"the first device behind it flawed, after a load that stopped": func(t *testing.T) tally {
				t.Helper()
				return stoppedLoad(t, border+behind, border)
			},
			"new devices with the last one before it flawed": func(t *testing.T) tally {
				t.Helper()
				return later(t, border+behind, border-1, "platform")
			},
			"new devices with the first one behind it flawed": func(t *testing.T) tally {
				t.Helper()
				return later(t, border+behind, border, "platform")
			},
			"new devices, of which a restart brought a part": func(t *testing.T) tally {
				t.Helper()
				r := newRunning(t, border, 7, "")
				r.create()
				r.settle()
				r.stop()
				r.add(behind, map[int]string{border: "registered"})
				r.start()
				pass(4*time.Second + 500*time.Millisecond)
				r.stop()
				return r.predicts()
			},
		} {
			t.Run(fmt.Sprint(border, " devices, ", name), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					found := scene(t)
					guard.Lock()
					defer guard.Unlock()
					all.missing += found.missing
					all.unknown += found.unknown
				})
			})
		}
	}
}

// add adds devices, created one after the other.
func (r *running) add(count int, flawed map[int]string) {
	r.t.Helper()
	for number := range count {
		r.put(fmt.Sprintf("guoadded%04d", number), broken(number, flawed[number]))
		pass(time.Second)
	}
}

// spoil takes something away from a device that is there.
func (r *running) spoil(at int, flaw string) {
	r.t.Helper()
	device := r.take().devices[at]
	changed := broken(at, flaw)
	changed["created"] = *device.Created
	r.put(device.ID, changed)
}

// firstLoad is a connector that has brought nothing, for its token was wrong.
func firstLoad(t *testing.T, devices, flawed int) tally {
	t.Helper()
	r := newRunning(t, devices, 7, "00wrong")
	r.spoil(flawed, "platform")
	r.create()
	r.settle()
	r.stop()
	r.call("PATCH", r.ready.SekoiaURL+"/v1/symphony/module-configurations/"+r.account, map[string]any{
		"value": map[string]any{"base_url": r.ready.OktaURL, "apikey": r.ready.OktaToken},
	}, nil)
	return r.predicts()
}

// stoppedLoad is a connector whose first load stopped at a device that is flawed.
func stoppedLoad(t *testing.T, devices, flawed int) tally {
	t.Helper()
	r := newRunning(t, devices, 7, "")
	r.spoil(flawed, "platform")
	r.create()
	r.settle()
	r.stop()
	r.add(30, nil)
	return r.predicts()
}

// later is a connector that had brought everything when devices were added, of which one is flawed.
func later(t *testing.T, added, flawed int, flaw string) tally {
	t.Helper()
	r := newRunning(t, 150, 7, "")
	r.create()
	r.settle()
	r.stop()
	r.add(added, map[int]string{flawed: flaw})
	return r.predicts()
}

// Each field that the parser requires is missing in turn, and so is what it skips a device for.
func TestCover_holdsForEachFlaw(t *testing.T) {
	t.Parallel()
	tried := flaws()
	if testing.Short() {
		tried = tried[:1]
	}
	for _, flaw := range tried {
		t.Run(flaw, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				if found := later(t, 450, 250, flaw); found.unknown > 0 {
					t.Errorf("%d are unknown", found.unknown)
				}
			})
		})
	}
}
