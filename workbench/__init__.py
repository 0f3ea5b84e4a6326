"""An annotation workbench for who is for or against whom or what, in which words, by whom."""
