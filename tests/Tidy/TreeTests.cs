using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Praetor.Tests.Tidy;

/// <summary>Rules about the tree itself: who may refer to whom, what must not stand in the code.</summary>
public partial class TreeTests
{
    private static string Top([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    private static IEnumerable<string> Sources(params string[] folders) =>
        folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Top(), folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));

    private static string[] ProjectReferences(string project) =>
        [.. Reference().Matches(File.ReadAllText(Path.Combine(Top(), project))).Select(match => Path.GetFileNameWithoutExtension(match.Groups[1].Value)).Order()];

    [Theory]
    [InlineData("engine/Core/Praetor.Core.csproj", "")]
    [InlineData("engine/Storage/Praetor.Storage.csproj", "Praetor.Core")]
    [InlineData("engine/Runtime/Praetor.Runtime.csproj", "Praetor.Core")]
    [InlineData("transport/Praetor.Transport.csproj", "Praetor.Core")]
    [InlineData("api/Praetor.Api.csproj", "Praetor.Core Praetor.Runtime Praetor.Storage Praetor.Transport")]
    public void Project_references_point_one_way(string project, string expected) =>
        Assert.Equal(expected, string.Join(' ', ProjectReferences(project)));

    [Fact]
    public void Runtime_knows_sockets_in_its_check_runners_only()
    {
        string[] offenders = [.. Sources("engine/Runtime")
            .Where(path => !path.Contains("/Agent/Checks/", StringComparison.Ordinal))
            .Where(path => File.ReadAllText(path).Contains("System.Net.Sockets", StringComparison.Ordinal))];
        Assert.Empty(offenders);
    }

    [Fact]
    public void Every_room_has_a_readme()
    {
        string[] without = [.. new[] { "engine/Core/Codec", "engine/Core/Consensus", "engine/Core/Filtering", "engine/Core/Mvcc", "engine/Core/Ports", "engine/Core/State",
            "engine/Storage", "engine/Runtime", "engine/Runtime/Agent", "transport", "api/Http", "api/Dns", "api/Cli", "api/Config", "bench", "load", "tests" }
            .Where(room => !File.Exists(Path.Combine(Top(), room, "README.md")))];
        Assert.Empty(without);
    }

    [Fact]
    public void No_source_file_is_longer_than_one_reading()
    {
        string[] longer = [.. Sources("engine", "transport", "api", "bench", "load", "tests").Where(path => File.ReadLines(path).Count() > 500)];
        Assert.Empty(longer);
    }

    [Fact]
    public void Sources_are_ascii()
    {
        string[] others = [.. Sources("engine", "transport", "api", "bench", "load", "tests").Where(path => File.ReadAllText(path).Any(c => c > 127))];
        Assert.Empty(others);
    }

    [Fact]
    public void Namespaces_follow_the_folders()
    {
        var roots = new Dictionary<string, string>
        {
            ["engine/Core"] = "Praetor.Core",
            ["engine/Storage"] = "Praetor.Storage",
            ["engine/Runtime"] = "Praetor.Runtime",
            ["transport"] = "Praetor.Transport",
            ["api"] = "Praetor.Api",
            ["load"] = "Praetor.Load",
            ["bench"] = "Praetor.Bench",
            ["tests"] = "Praetor.Tests",
        };
        var wrong = new List<string>();
        foreach ((string folder, string root) in roots)
        {
            foreach (string path in Sources(folder))
            {
                string inside = Path.GetRelativePath(Path.Combine(Top(), folder), Path.GetDirectoryName(path)!).Replace('/', '.');
                string expected = inside == "." ? root : $"{root}.{inside}";
                Match stated = Namespace().Match(File.ReadAllText(path));
                if (stated.Success && stated.Groups[1].Value != expected)
                    wrong.Add($"{path}: {stated.Groups[1].Value}, not {expected}");
            }
        }

        Assert.Empty(wrong);
    }

    [GeneratedRegex("<ProjectReference Include=\"([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
