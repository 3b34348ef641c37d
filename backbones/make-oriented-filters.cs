#!/usr/bin/env dotnet
#:project ../src/SemiDefect.Anomaly.Backbones/SemiDefect.Anomaly.Backbones.csproj

// Writes oriented-filters.onnx and .json anew: dotnet run backbones/make-oriented-filters.cs -- backbones
using SemiDefect.Anomaly.Backbones.Architectures;

OrientedFilterNetwork.Write(args[0]);
