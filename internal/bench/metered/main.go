// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

// Command metered runs another program, and then writes down what the kernel says that it used. Terraform starts it in
// a provider's place: only its parent learns what a process used, and Terraform does not pass it on.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// The environment says which program runs, and to which file a line of JSON is added for each run.
const (
	programVariable = "METERED_PROGRAM"
	usageVariable   = "METERED_USAGE"
)

// usage is one line of the file.
type usage struct {
	Microseconds int64 // of a processor
	Kilobytes    int64 // of memory, at the most
}

func main() {
	code, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, "metered:", err)
	}
	os.Exit(code)
}

func run() (int, error) {
	program := exec.Command(os.Getenv(programVariable), os.Args[1:]...) //nolint:gosec,noctx // what this is for; its parent ends it
	program.Stdin, program.Stdout, program.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := program.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		return 1, err
	}
	used, ok := program.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 1, errors.New("the system does not say what a process used")
	}
	file, err := os.OpenFile(os.Getenv(usageVariable), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the benchmark's own file
	if err != nil {
		return 1, err
	}
	err = json.NewEncoder(file).Encode(usage{
		Microseconds: program.ProcessState.UserTime().Microseconds() + program.ProcessState.SystemTime().Microseconds(), Kilobytes: used.Maxrss,
	})
	return program.ProcessState.ExitCode(), errors.Join(err, file.Close())
}
