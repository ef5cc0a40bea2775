namespace Praetor.Api.Cli;

/// <summary>Exit codes of the command line (cli 5).</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>Any error.</summary>
    public const int Failure = 1;

    /// <summary>Special outcomes, such as <c>members</c> without a match.</summary>
    public const int Special = 2;

    /// <summary>No such command.</summary>
    public const int UnknownCommand = 127;
}
