package main

import (
	"context"
	"errors"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods"
	"github.com/infisical-login/infisical-login/methods/token"
	"github.com/infisical-login/infisical-login/output"
	"github.com/infisical-login/infisical-login/output/process"
	"github.com/spf13/cobra"
)

// loginSettings choose how to log in and where the token goes.
type loginSettings struct {
	Method methodName  `env:"INFISICAL_AUTH_METHOD" flag:"method" shown:"inferred" usage:"How to log in."`
	Output config.List `env:"INFISICAL_LOGIN_OUTPUT" flag:"output" shown:"the command, else stdout" usage:"Where the token goes: a list of sinks."`
	Plain  bool        `env:"INFISICAL_LOGIN_PLAIN" flag:"plain" usage:"Print only the token."`
}

// launchSettings say what a launched command may see.
type launchSettings struct {
	Keep config.List `env:"INFISICAL_LOGIN_KEEP" flag:"keep" usage:"Credentials that the command may keep, a list of variable names."`
}

func (r *run) loginCommand(use string) *cobra.Command {
	var forget bool
	var saveAs string
	cmd := r.longCommand(use, "Log in and deliver the token", r.all, func(cmd *cobra.Command) error {
		if cmd.Flags().Changed("save-as") {
			return &usageError{"--save-as: profiles are not kept, the person who logged in last is the current one; take the flag away, and choose another person with infisical-login user switch"}
		}
		if forget {
			return within(cmd.Context(), r.clearDomains)
		}
		var plan *plan
		err := within(cmd.Context(), func() (err error) { // a file with a setting may be a pipe that nobody writes to
			for _, warning := range r.source.Warnings() {
				r.log.warn(warning)
			}
			plan, err = r.plan()
			return err
		})
		if err != nil {
			return err
		}
		if plan.stay.stays() {
			return plan.remain(cmd.Context(), r.release)
		}
		return plan.carryOut(cmd.Context(), r.release)
	})
	cmd.Flags().BoolVar(&forget, "clear-domains", false, "Forget the self-hosted instances where somebody has logged in, and do nothing else.")
	cmd.Flags().StringVar(&saveAs, "save-as", "", "")
	_ = cmd.Flags().MarkHidden("save-as")
	_ = cmd.RegisterFlagCompletionFunc("method", cobra.FixedCompletions(methodNames(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(sinkNames(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// plan is a login whose every setting has been found good.
type plan struct {
	run    *run
	row    methods.Row
	client *methods.Client
	names  []string // of the sinks
	sinks  []output.Sink
	target output.Target
	stay   staySettings
}

// plan finds out, before anything is touched, whether a login can be tried and
// its token delivered. The error joins all that is in the way.
func (r *run) plan() (*plan, error) {
	if r.launch != nil && len(r.launch) == 0 {
		return nil, &usageError{"no command behind --; name one or take the -- away"}
	}
	p := &plan{run: r, target: output.Target{Stdout: r.stdout, Stderr: r.stderr, Environ: r.source.Lookup}}
	var settings loginSettings
	var server methods.Server
	var launch launchSettings
	decoded := r.source.Decode(&settings, &launch, &p.stay, &config.EnvFile{}, &logSettings{}, &ambientSettings{}, &notifySettings{})
	reach := r.source.Decode(&server)
	errs := []error{r.source.EmptyFlags(), reach, decoded, p.chooseMethod(settings.Method), p.findCommand(launch), p.chooseSinks(settings)}
	if decoded == nil {
		errs = append(errs, p.checkStay())
	}
	if reach == nil {
		errs = append(errs, p.connect(server))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return p, nil
}

// connect makes the client, which finds files that are of no use.
func (p *plan) connect(server methods.Server) error {
	client, err := server.Client()
	if err != nil {
		return err
	}
	p.run.follow(client)
	if p.personal() {
		if client.Absent = p.run.absent(); client.Absent == "" {
			client.Person = p.run.person()
		}
	}
	p.client = client
	return nil
}

// chooseMethod takes the method that is named, or the one that the evidence
// speaks for, and checks its settings.
func (p *plan) chooseMethod(name methodName) error {
	if _, given := p.run.source.Lookup("INFISICAL_AUTH_METHOD"); given && name == "" {
		return nil // it is malformed, which is told already
	}
	choice, err := p.run.choose(name)
	if err != nil {
		return err
	}
	p.row = choice.Row
	_, err = p.method()
	return err
}

// method returns the method with its settings decoded anew.
func (p *plan) method() (methods.Method, error) {
	method := p.row.New()
	return method, p.run.source.Decode(method)
}

// findCommand looks the command up, in the PATH that it will have, and takes
// the credentials out of its environment.
func (p *plan) findCommand(launch launchSettings) error {
	if p.run.launch == nil {
		return nil
	}
	command, err := process.Find(p.run.launch, p.run.environ)
	if err != nil {
		p.target.Command = &process.Command{Args: p.run.launch} // so that the sinks are checked all the same
		return err
	}
	command.Limits = p.run.limits
	command.Unset(p.run.scrubbed(launch.Keep)...)
	p.target.Command = command
	return nil
}

// chooseSinks decodes and checks every sink, and tells all that is wrong.
func (p *plan) chooseSinks(settings loginSettings) error {
	person := p.personal()
	p.target.Person = person || p.row.New == nil // of an unknown method nothing is known
	p.target.Attended, p.target.Home, p.target.Warn = p.run.attended(), p.run.home(), p.run.log.warn
	occasion := output.Occasion{Command: p.run.launch != nil, Person: person, Plain: settings.Plain}
	rows, err := output.Choose(settings.Output, occasion, p.run.source.Lookup)
	errs := []error{err}
	for _, row := range rows {
		sink := row.New()
		decoded := p.run.source.Decode(sink)
		errs = append(errs, decoded, beyond(decoded, sink.Check(p.target)))
		p.names, p.sinks = append(p.names, row.Name), append(p.sinks, sink)
	}
	return errors.Join(errs...)
}

// beyond returns an error unless it is about a setting that is known to be
// malformed, and is missed only because of that.
func beyond(known, err error) error {
	about, ok := errors.AsType[*config.Error](err)
	if !ok {
		return err
	}
	for _, leaf := range leaves(known) {
		if e, ok := errors.AsType[*config.Error](leaf); ok && e.Name == about.Name {
			return nil
		}
	}
	return err
}

// carryOut logs in, delivers the token and launches the command.
func (p *plan) carryOut(ctx context.Context, release func()) error {
	got, err := p.login(ctx)
	if err != nil {
		return err
	}
	if err := p.deliver(ctx, got); err != nil {
		return err
	}
	p.run.log.loggedIn(got)
	if p.target.Command == nil {
		return nil
	}
	if err := interruption(ctx); err != nil {
		return err
	}
	release()
	return p.target.Command.Exec(p.run.signals.received)
}

// login obtains the first token. There may be one beside an error, if a signal
// came as it arrived.
func (p *plan) login(ctx context.Context) (token.Token, error) {
	defer p.run.spinner.end()
	arrived := make(chan token.Token, 1)
	err := within(ctx, func() error {
		got, err := p.client.Login(ctx, p.row, p.method)
		if err == nil {
			arrived <- got
		}
		return err
	})
	select {
	case got := <-arrived:
		return got, err
	default:
		return token.Token{}, err
	}
}

// deliver puts the first token where it belongs, unless a signal comes first: a
// reader that does not read must not keep us.
func (p *plan) deliver(ctx context.Context, t token.Token) error {
	return within(ctx, func() error { return p.put(t) })
}

// put gives a token to every sink, in the order of [output.All].
func (p *plan) put(t token.Token) error {
	for _, sink := range p.sinks {
		if err := sink.Put(t, p.target); err != nil {
			return err
		}
	}
	return nil
}
