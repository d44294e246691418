package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// statusError is a gRPC status as the host reads it; the status and, where a
// context caused it, the context's error are found by errors.As and errors.Is.
type statusError struct {
	text   string
	causes []error
}

func (e *statusError) Error() string   { return e.text }
func (e *statusError) Unwrap() []error { return e.causes }

// errorToStatus is what an error of a method other than Turn becomes on the
// wire; see the table in errors.go.
func errorToStatus(err error) error {
	if err == nil {
		return nil
	}
	if instruction, ok := errors.AsType[*instructionError](err); ok {
		if instruction.permanent {
			return status.Error(codes.FailedPrecondition, err.Error())
		}
		s := status.New(codes.Unavailable, err.Error())
		if detailed, detailErr := s.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(instruction.after)}); detailErr == nil {
			s = detailed
		}
		return s.Err()
	}
	if _, ok := status.FromError(err); ok {
		return err
	}
	if _, ok := errors.AsType[*PanicError](err); ok {
		return status.Error(codes.Internal, err.Error())
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return status.FromContextError(err).Err()
	}
	return status.Error(codes.Unknown, err.Error())
}

// errorFromStatus is what a call's status means to the host; see the table in
// errors.go. If ctx, the caller's own, is done, that is the reason; of a
// deadline the other side may tell first.
func errorFromStatus(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s := status.Convert(err)
	if deadline, ok := ctx.Deadline(); ok && s.Code() == codes.DeadlineExceeded && time.Until(deadline) <= 0 {
		return context.DeadlineExceeded
	}
	answered := &statusError{text: fmt.Sprintf("the bot answered %v: %s", s.Code(), s.Message()), causes: []error{err}}
	switch s.Code() {
	case codes.DeadlineExceeded:
		answered.causes = append(answered.causes, context.DeadlineExceeded)
	case codes.Canceled:
		answered.causes = append(answered.causes, context.Canceled)
	}
	retry := !permanentCode(s.Code())
	for _, detail := range s.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			answered.text = fmt.Sprintf("the bot answered %v (%s): %s", s.Code(), detail.GetReason(), s.Message())
			if said, err := strconv.ParseBool(detail.GetMetadata()["retryable"]); err == nil {
				retry = said
			}
		case *errdetails.RetryInfo:
			if after := detail.GetRetryDelay().AsDuration(); after >= 0 {
				return RetryAfter(after, answered)
			}
		}
	}
	if !retry {
		return Permanent(answered)
	}
	return answered
}

// permanentCode reports whether a call that ended so would end so again.
func permanentCode(code codes.Code) bool {
	switch code {
	case codes.InvalidArgument, codes.NotFound, codes.AlreadyExists, codes.PermissionDenied,
		codes.Unauthenticated, codes.FailedPrecondition, codes.OutOfRange, codes.Unimplemented:
		return true
	}
	return false
}
