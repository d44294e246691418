package openapitest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// Need skips a test where the vendor's files are not. Each package that uses a
// [Checker] has one test that calls it, to say that nothing is checked there.
func Need(t testing.TB) {
	t.Helper()
	if vendor(t) == nil {
		t.Skip("SKIPPED: the vendor's OpenAPI files are not beside the checkout, in ../shared/8x8: nothing is held against them")
	}
}

// contract is what the vendor's files say.
type contract struct {
	docs   []*openapi3.T
	places places
}

// vendor is the contract; nil where the files are absent.
func vendor(t testing.TB) *contract {
	t.Helper()
	c, err := load()
	if err != nil {
		t.Error(err)
	}
	return c
}

// load loads the files once. That one is there without the other is an error.
var load = sync.OnceValues(func() (*contract, error) {
	dir, err := vendorFolder()
	if err != nil {
		return nil, err
	}
	gateway := filepath.Join(dir, "chat-gateway-v1.oas.yml")
	chatAPI := filepath.Join(dir, "chat-api-v2.oas.json")
	if !exists(gateway) && !exists(chatAPI) {
		return nil, nil
	}
	c := contract{places: places{}}
	for _, file := range []string{gateway, chatAPI} {
		doc, err := openapi3.NewLoader().LoadFromFile(file) // it would not pass Validate
		if err != nil {
			return nil, fmt.Errorf("load the vendor's file: %w", err)
		}
		c.docs = append(c.docs, doc)
		c.places.add(filepath.Base(file), doc)
	}
	return &c, nil
})

func exists(file string) bool {
	_, err := os.Stat(file)
	return !errors.Is(err, os.ErrNotExist)
}

// vendorFolder is beside the checkout, whichever folder of it the test runs in.
func vendorFolder() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if text, err := os.ReadFile(filepath.Join(at, "go.mod")); err == nil && strings.HasPrefix(string(text), module) {
			return filepath.Join(at, "..", "shared", "8x8"), nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("%s is in no checkout of ours: the vendor's files cannot be looked for", dir)
		}
	}
}

// module is the first line of the go.mod at the top of the checkout.
const module = "module github.com/patchbay-host/patchbay\n"
