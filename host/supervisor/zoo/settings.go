package zoo

import (
	"fmt"

	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
)

// settings are animals that are particular about theirs.
func settings() map[string]func([]string) animal {
	return map[string]func([]string) animal{
		"settings": func([]string) animal {
			return animal{configure: func(r *botv1.ConfigureRequest) *botv1.ConfigureResponse {
				if r.GetSettings().GetFields()["answers"] != nil {
					return &botv1.ConfigureResponse{}
				}
				return &botv1.ConfigureResponse{Errors: []*botv1.SettingError{{Key: "answers", Problem: "is missing; name a file"}}}
			}}
		},
		"blabs": func([]string) animal {
			return animal{configure: func(r *botv1.ConfigureRequest) *botv1.ConfigureResponse {
				complain(fmt.Sprintf("my token is %s", r.GetSecrets()["token"]))
				return &botv1.ConfigureResponse{Errors: []*botv1.SettingError{{Problem: "cannot use " + r.GetSecrets()["token"]}}}
			}}
		},
	}
}
