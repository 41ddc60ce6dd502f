# What makes a zip of the module a package that a NuGet feed takes, the PowerShell Gallery among them.
function Add-PackageManifest([string] $Package, [hashtable] $Manifest) {
    $data = $Manifest.PrivateData.PSData
    $text = @{}
    foreach ($pair in @{
            Version = $Manifest.ModuleVersion; Authors = $Manifest.Author; Description = $Manifest.Description
            Copyright = $Manifest.Copyright; LicenseUri = $data.LicenseUri
            Tags = (@('PSModule') + $data.Tags) -join ' '
        }.GetEnumerator()) {
        $text[$pair.Key] = [System.Security.SecurityElement]::Escape($pair.Value)
    }
    $specification = @"
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd">
  <metadata>
    <id>Grap</id>
    <version>$($text.Version)</version>
    <authors>$($text.Authors)</authors>
    <description>$($text.Description)</description>
    <copyright>$($text.Copyright)</copyright>
    <licenseUrl>$($text.LicenseUri)</licenseUrl>
    <requireLicenseAcceptance>false</requireLicenseAcceptance>
    <tags>$($text.Tags)</tags>
  </metadata>
</package>
"@
    $types = @'
<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />
  <Default Extension="nuspec" ContentType="application/octet" />
  <Default Extension="psd1" ContentType="application/octet" />
  <Default Extension="psm1" ContentType="application/octet" />
  <Default Extension="ps1xml" ContentType="application/octet" />
  <Default Extension="dll" ContentType="application/octet" />
  <Default Extension="xml" ContentType="application/octet" />
  <Default Extension="txt" ContentType="application/octet" />
  <Override PartName="/LICENSE" ContentType="application/octet" />
</Types>
'@
    $relations = @'
<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/Grap.nuspec" Id="manifest" />
</Relationships>
'@
    $archive = [System.IO.Compression.ZipFile]::Open($Package, [System.IO.Compression.ZipArchiveMode]::Update)
    try {
        $parts = [ordered]@{
            'Grap.nuspec'         = $specification
            '[Content_Types].xml' = $types
            '_rels/.rels'         = $relations
        }
        foreach ($part in $parts.GetEnumerator()) {
            $writer = [System.IO.StreamWriter]::new($archive.CreateEntry($part.Key).Open())
            $writer.Write($part.Value)
            $writer.Dispose()
        }
    }
    finally {
        $archive.Dispose()
    }
}
