// Package facts has the commands below `lachan catalogue`, which tell what is
// built in: categories, services, profiles, levels, timetables, and which public
// feeds there are. The pages of the documentation about these are made here too.
package facts

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
	"lachan/policy/catalogue"
	"lachan/policy/source"
)

// Command is `lachan catalogue` with all below it.
func Command(l wording.Language) *cobra.Command {
	c := &cobra.Command{
		Use:   "catalogue",
		Short: textShort.In(l),
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return command.Usage(c, command.UnknownCommand.With(args[0]))
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		told(l, "categories", textCategories, inTable(categoriesTable), values(categoriesJSON)),
		servicesCommand(l), profilesCommand(l),
		told(l, "levels", textLevels, sayLevels, values(levelsJSON)),
		told(l, "timetables", textTimetables, inTable(timetablesTable), values(timetablesJSON)),
		FeedsCommand(l, "feeds"),
	)
	return c
}

// inTable says what is in a table.
func inTable(of func(*catalogue.Catalogue) table) func(command.Call, *catalogue.Catalogue) error {
	return func(c command.Call, facts *catalogue.Catalogue) error { return of(facts).print(c) }
}

// values are what programs are told, of any kind.
func values[T any](of func(*catalogue.Catalogue) T) func(*catalogue.Catalogue) any {
	return func(facts *catalogue.Catalogue) any { return of(facts) }
}

// told is a command that tells all there is of a kind, to people or to programs.
func told(
	l wording.Language, use string, short wording.Text,
	say func(command.Call, *catalogue.Catalogue) error, programs func(*catalogue.Catalogue) any,
) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: use, Short: short.In(l), Args: command.NoArguments,
		RunE: command.Run(l, func(call command.Call, _ []string) error {
			facts, err := catalogue.Load()
			if err != nil {
				return err
			}
			if asJSON {
				return call.JSON(programs(facts))
			}
			return say(call, facts)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, command.FlagJSON.In(l))
	return c
}

// servicesCommand prints all services, or those named with their domain names.
func servicesCommand(l wording.Language) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "services [NAME...]", Short: textServices.In(l),
		RunE: command.Run(l, func(call command.Call, names []string) error {
			facts, err := catalogue.Load()
			if err != nil {
				return err
			}
			services, err := servicesNamed(facts, names)
			if err != nil {
				return err
			}
			switch {
			case asJSON:
				return call.JSON(servicesJSON(facts, services))
			case len(names) == 0:
				return servicesTable(services).print(call)
			}
			return sayServices(call, facts, services)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, command.FlagJSON.In(l))
	return c
}

// servicesNamed finds services by their ids, with "service:" before them or
// without; all of them if none is named.
func servicesNamed(facts *catalogue.Catalogue, names []string) ([]catalogue.Service, error) {
	if len(names) == 0 {
		return facts.Services, nil
	}
	var found []catalogue.Service
	for _, name := range names {
		id := strings.TrimPrefix(name, servicePrefix)
		at, ok := facts.Service(id)
		if !ok {
			return nil, unknown(textNoService, name, serviceIDs(facts))
		}
		found = append(found, facts.Services[at])
	}
	return found, nil
}

func serviceIDs(facts *catalogue.Catalogue) (ids []string) {
	for i := range facts.Services {
		ids = append(ids, facts.Services[i].ID)
	}
	return ids
}

// profilesCommand prints what each profile blocks and when, or those named.
func profilesCommand(l wording.Language) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "profiles [NAME...]", Short: textProfiles.In(l),
		RunE: command.Run(l, func(call command.Call, names []string) error {
			facts, err := catalogue.Load()
			if err != nil {
				return err
			}
			profiles, err := profilesNamed(facts, names)
			if err != nil {
				return err
			}
			if asJSON {
				return call.JSON(profilesJSON(facts, profiles))
			}
			for i := range profiles {
				if err := sayProfile(call, facts, &profiles[i]); err != nil {
					return err
				}
			}
			return nil
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, command.FlagJSON.In(l))
	return c
}

func profilesNamed(facts *catalogue.Catalogue, names []string) ([]catalogue.Profile, error) {
	if len(names) == 0 {
		return facts.Profiles, nil
	}
	var found []catalogue.Profile
	for _, name := range names {
		p := facts.Profile(name)
		if p == nil {
			var codes []string
			for i := range facts.Profiles {
				codes = append(codes, facts.Profiles[i].Code)
			}
			return nil, unknown(textNoProfile, name, codes)
		}
		found = append(found, *p)
	}
	return found, nil
}

// FeedsCommand is a command of the given name that prints the public feeds.
func FeedsCommand(l wording.Language, use string) *cobra.Command {
	var o feedOptions
	c := &cobra.Command{
		Use: use, Short: textFeeds.In(l), Long: textFeeds.In(l) + "\n\n" + textFeedsLong.Paragraphs(l, "\n"),
		Args: command.NoArguments,
		RunE: command.Run(l, func(call command.Call, _ []string) error {
			facts, err := catalogue.Load()
			if err != nil {
				return err
			}
			feeds, err := o.choose(facts)
			if err != nil {
				return err
			}
			if o.json {
				return call.JSON(feedsJSON(feeds))
			}
			return sayFeeds(call, feeds)
		}),
	}
	c.Flags().BoolVar(&o.json, "json", false, command.FlagJSON.In(l))
	c.Flags().StringVar(&o.category, "category", "", textFlagCategory.In(l))
	c.Flags().StringVar(&o.level, "level", "", textFlagLevel.In(l))
	return c
}

type feedOptions struct {
	json            bool
	category, level string
}

// choose returns the feeds of the category and for the level that were asked for.
func (o *feedOptions) choose(facts *catalogue.Catalogue) ([]catalogue.Feed, error) {
	category, level := "", ""
	if o.category != "" {
		at, ok := facts.Category(o.category)
		if !ok {
			return nil, unknown(textNoCategory, o.category, categoryCodes(facts))
		}
		category = facts.Categories[at].Code
	}
	if o.level != "" {
		l := facts.Level(o.level)
		if l == nil {
			return nil, unknown(textNoLevel, o.level, levelCodes(facts))
		}
		level = l.Code
	}
	return slices.DeleteFunc(slices.Clone(facts.Feeds), func(f catalogue.Feed) bool {
		return category != "" && f.Category != category || level != "" && !f.For(level)
	}), nil
}

// unknown says that there is no such name, which one is near, and which there are.
func unknown(text wording.Text, name string, known []string) error {
	return command.Fail(source.Nearest(text.With(name, strings.Join(known, ", ")), name, known))
}
