using System.Management.Automation;
using System.Security.Cryptography;

namespace Grap.Host.Commands.Data;

[Cmdlet(VerbsCommon.Get, "FileHash", DefaultParameterSetName = "Path")]
[OutputType(typeof(FileHashInfo))]
public sealed class GetFileHashCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Path", ValueFromPipeline = true)]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    [Parameter]
    [ValidateSet("SHA1", "SHA256", "SHA384", "SHA512", "MD5")]
    public string Algorithm { get; set; } = "SHA256";

    protected override void ProcessRecord()
    {
        var files = ParameterSetName == "Path"
            ? Path.SelectMany(p => GetResolvedProviderPathFromPSPath(p, out _))
            : LiteralPath.Select(GetUnresolvedProviderPathFromPSPath);
        foreach (var file in files.Where(f => !Directory.Exists(f)))
        {
            using var stream = File.OpenRead(file);
            var hash = CryptographicOperations.HashData(new HashAlgorithmName(Algorithm), stream);
            WriteObject(new FileHashInfo(Algorithm, Convert.ToHexString(hash), file));
        }
    }
}

/// <summary>A file's hash in upper-case hexadecimal digits.</summary>
public sealed record FileHashInfo(string Algorithm, string Hash, string Path);
