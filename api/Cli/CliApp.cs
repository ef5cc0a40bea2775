using System.CommandLine;
using System.Globalization;
using Praetor.Api.Cli.Completion;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli;

/// <summary>The command line: finds the command, reads its flags and runs it. Entry of this room.</summary>
public static class CliApp
{
    private static readonly ParserConfiguration s_parser = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    // Signals belong to the commands (the agent's rules are its own), and the library's exit messages would be foreign.
    private static readonly InvocationConfiguration s_invocation = new() { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };

    /// <summary>Runs one command line and returns the exit code (cli 1).</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> words, CommandTree tree, CliIo io, CancellationToken cancellation)
    {
        if (io.Environment("COMP_LINE") is { } line)
        {
            var typed = int.TryParse(io.Environment("COMP_POINT"), NumberStyles.None, CultureInfo.InvariantCulture, out var point) && point < line.Length ? line[..point] : line;
            foreach (var candidate in ShellCompletion.Candidates(typed, tree, io))
                io.Out.WriteLine(candidate);
            return ExitCode.Success;
        }

        var dispatch = CommandDispatch.Decide(words, tree);
        switch (dispatch.Kind)
        {
            case DispatchKind.RootHelp:
                io.Out.Write(HelpText.OfRoot(tree));
                return ExitCode.Success;
            case DispatchKind.Unknown:
                io.Error.Write(HelpText.OfRoot(tree));
                return ExitCode.UnknownCommand;
            case DispatchKind.CommandHelp:
                io.Out.Write(HelpText.Of(dispatch.Entry!, tree));
                return ExitCode.Success;
            case DispatchKind.MisplacedFlags:
                io.Error.Write("Invalid flags before the subcommand. If these flags are for\nthe subcommand, please put them after the subcommand.\n\n");
                io.Error.Write(HelpText.Of(dispatch.Entry!, tree));
                return ExitCode.Failure;
            case DispatchKind.InstallCompletion or DispatchKind.UninstallCompletion:
                return SetUpShells(dispatch.Kind == DispatchKind.InstallCompletion, io);
            case DispatchKind.Version:
                return await RunCommandAsync(tree.Find("version")!, [], tree, io, cancellation).ConfigureAwait(false);
            default:
                return await RunCommandAsync(dispatch.Entry!, dispatch.Words, tree, io, cancellation).ConfigureAwait(false);
        }
    }

    private static int SetUpShells(bool installs, CliIo io)
    {
        var name = Path.GetFileName(io.Program);
        var path = io.Program.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(io.Program)
            : (io.Environment("PATH") ?? "").Split(':').Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists) ?? Environment.ProcessPath ?? name;
        var setup = new ShellSetup(io.Environment("HOME") ?? "/", name, path);
        return (installs ? setup.Install() : setup.Uninstall()) is { } error ? io.Fail(error) : ExitCode.Success;
    }

    private static async Task<int> RunCommandAsync(
        CommandEntry entry, IReadOnlyList<string> words, CommandTree tree, CliIo io, CancellationToken cancellation)
    {
        var command = entry.Create();
        if (command is GroupCommand)
        {
            io.Error.Write(HelpText.Of(entry, tree));
            return ExitCode.Failure;
        }

        var normalised = GoFlagSyntax.Normalise(words, command.Flags.ToDictionary(flag => flag.Name, StringComparer.Ordinal));
        if (normalised.Error is { } error)
        {
            io.Error.WriteLine(error);
            io.Error.Write(HelpText.FlagUsage(command));
            if (command.FlagErrorTrailer(error) is { } trailer)
                io.Error.WriteLine(trailer);
            return ExitCode.Failure;
        }

        var arguments = new Argument<string[]>("arguments") { Arity = ArgumentArity.ZeroOrMore };
        var parsed = ToParser(entry, command, arguments, io).Parse(normalised.Tokens, s_parser);
        return await parsed.InvokeAsync(s_invocation, cancellation).ConfigureAwait(false);
    }

    private static Command ToParser(CommandEntry entry, CliCommand command, Argument<string[]> arguments, CliIo io)
    {
        var parser = new Command(entry.Path.Replace(' ', '-'), entry.Synopsis) { arguments };
        foreach (var flag in command.Flags)
            parser.Options.Add(flag.Option);
        parser.SetAction((result, cancellation) =>
            command.RunAsync(new CliCall(result, result.GetValue(arguments) ?? [], io), cancellation));
        return parser;
    }
}
