// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package canary

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
)

// A Canary is a secret to search for. It should be as random as a real one, because any twelve characters of it are a
// finding.
type Canary struct {
	// Name is what findings call it.
	Name  string
	value []byte
	// piece is how many bytes of it, as they are, are a finding; 0 is minPiece.
	piece int
	// number reports whether it may be written as a decimal number too.
	number bool
}

// minPiece is how many characters of a secret are a finding: about 70 bits of a random one, which nothing else has by
// chance.
const minPiece = 12

// Text is a secret that is a text: a token, an API key, a password.
func Text(name, value string) Canary {
	if len(value) < minPiece {
		panic(name + " is too short to be searched for")
	}
	return Canary{Name: name, value: []byte(value)}
}

// Signed is a JWT: its claims and its signature. The header is the same in all of them.
func Signed(name, token string) []Canary {
	_, rest, _ := strings.Cut(token, ".")
	claims, signature, found := strings.Cut(rest, ".")
	if !found {
		return []Canary{Text(name, token)}
	}
	return []Canary{
		{Name: name + " (claims)", value: []byte(claims), piece: 2 * minPiece},
		{Name: name + " (signature)", value: []byte(signature), piece: 2 * minPiece},
	}
}

// PEM is a private key as a person has it: the lines of its text, and its numbers, however they are written.
func PEM(name, text string) ([]Canary, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, fmt.Errorf("%s is no PEM", name)
	}
	key, err := parse(block)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	canaries := numbers(name, key)
	for number, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if strings.HasPrefix(line, "-----") || len(line) < 2*minPiece {
			continue
		}
		// Whole lines only: a part of a line may be the same in all keys of a kind, or belong to the public key.
		canaries = append(canaries, Canary{Name: fmt.Sprintf("%s (line %d)", name, number), value: []byte(line), piece: len(line)})
	}
	return canaries, nil
}

// JWK is a private key as a JWK: its private members as they are written, and its numbers.
func JWK(name, text string, key any) ([]Canary, error) {
	var members map[string]any
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	canaries := numbers(name, key)
	for _, member := range []string{"d", "p", "q", "dp", "dq", "qi"} {
		if value, ok := members[member].(string); ok {
			canaries = append(canaries, Text(name+" ("+member+" as written)", value))
		}
	}
	return canaries, nil
}

func parse(block *pem.Block) (any, error) {
	switch block.Type {
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		return x509.ParseECPrivateKey(block.Bytes)
	default:
		return x509.ParsePKCS8PrivateKey(block.Bytes)
	}
}

// numbers are the private numbers of a key; any other kind of key is a mistake of a test.
func numbers(name string, key any) []Canary {
	number := func(what string, value *big.Int) Canary {
		return Canary{Name: name + " (" + what + ")", value: value.Bytes(), number: true}
	}
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		secret, err := key.Bytes()
		if err != nil {
			panic(err)
		}
		return []Canary{number("d", new(big.Int).SetBytes(secret))}
	case *rsa.PrivateKey:
		found := []Canary{number("d", key.D)}
		for i, prime := range key.Primes {
			found = append(found, number(fmt.Sprintf("prime %d", i+1), prime))
		}
		for what, value := range map[string]*big.Int{"dp": key.Precomputed.Dp, "dq": key.Precomputed.Dq, "qi": key.Precomputed.Qinv} {
			if value != nil {
				found = append(found, number(what, value))
			}
		}
		return found
	default:
		panic(fmt.Sprintf("%s: a key of type %T", name, key))
	}
}
