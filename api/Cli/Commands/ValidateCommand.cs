using Praetor.Api.Cli.Flags;
using Praetor.Api.Config;

namespace Praetor.Api.Cli.Commands;

/// <summary>validate (cli 8).</summary>
internal sealed class ValidateCommand : CliCommand
{
    private readonly BoolFlag _quiet;
    private readonly StringFlag _format;

    /// <summary>Declares the flags.</summary>
    public ValidateCommand()
    {
        _quiet = Declare(new BoolFlag("quiet", "Prints nothing when the configuration is valid."));
        _format = Declare(new StringFlag("config-format", "Format of all files, whatever they are called: hcl or json."));
    }

    /// <inheritdoc/>
    public override string Usage => "validate [options] FILE_OR_DIRECTORY...";

    /// <inheritdoc/>
    public override string Description => """
        Reads configuration files as the agent would and tells the first thing that is wrong with them. Nothing is
        started, and no agent is asked.
        """;

    /// <inheritdoc/>
    public override string? FlagErrorTrailer(string error) => error;

    /// <inheritdoc/>
    public override Task<int> RunAsync(CliCall call, CancellationToken cancellation) => Task.FromResult(Run(call));

    private int Run(CliCall call)
    {
        var format = _format.Get(call.Flags);
        if (format is not ("" or "hcl" or "json"))
            return call.Io.Fail("-config-format must be either 'hcl' or 'json");
        if (call.Arguments.Count == 0)
            return call.Io.Fail("Must specify at least one config file or directory");
        var load = ConfigLoader.Load(new ConfigInput { Paths = call.Arguments, Format = format.Length > 0 ? format : null }, HostFacts.OfThisMachine());
        if (load.Error is { } error)
            return call.Io.Fail($"Config validation failed: {error}");
        if (_quiet.Get(call.Flags))
            return ExitCode.Success;
        foreach (var warning in load.Warnings)
            call.Io.Error.WriteLine(warning);
        call.Io.Out.WriteLine("Configuration is valid!");
        return ExitCode.Success;
    }
}
