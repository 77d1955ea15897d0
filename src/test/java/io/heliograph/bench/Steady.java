package io.heliograph.bench;

import java.io.IOException;

/** What a lone delivery costs and how late it is, at a rate that the server bears with ease. */
final class Steady implements Scenario {
  @Override
  public void run(Stage stage) throws IOException, InterruptedException {
    BenchOptions options = stage.options();
    compare(stage, options.sharedRate(), options.sharedSeconds(), Target.values());
    if (stage.has(Target.HUB)) {
      compare(stage, options.rate(), options.steadySeconds(), Target.HUB);
    }
  }

  private static void compare(Stage stage, int rate, int seconds, Target... targets)
      throws IOException, InterruptedException {
    Comparison comparison = new Comparison();
    int subscribers = stage.options().subscribers();
    for (Target target : targets) {
      if (stage.has(target)) {
        Fields publish =
            new Fields("publish").with("path", target.publishPath()).with("rate", rate);
        Load load =
            new Load(
                "steady at " + rate + "/s",
                target.readPath(),
                subscribers,
                0,
                stage.options().warmupSeconds(),
                seconds,
                publish);
        comparison.add(target, new Measurement(stage).of(load, target));
      }
    }
    stage
        .report()
        .section("Steady: " + subscribers + " subscribers, " + rate + " single events per second");
    comparison.writeTo(stage.report());
  }
}
