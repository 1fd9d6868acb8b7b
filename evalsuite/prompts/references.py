"""What benchmarks and scorers are cited with, in BibTeX: what several are, or a full module.

Each was held against citations of its paper: authors, title, year, venue, arXiv id.
"""

CLIP = r"""
@inproceedings{radford2021clip,
  author = {Radford, Alec and Kim, Jong Wook and Hallacy, Chris and others},
  title = {Learning Transferable Visual Models From Natural Language Supervision},
  booktitle = {ICML},
  year = {2021},
  eprint = {2103.00020},
  archiveprefix = {arXiv},
}
"""

GENEVAL = r"""
@inproceedings{ghosh2023geneval,
  author = {Ghosh, Dhruba and Hajishirzi, Hannaneh and Schmidt, Ludwig},
  title = {{GenEval}: An Object-Focused Framework for Evaluating Text-to-Image Alignment},
  booktitle = {NeurIPS Datasets and Benchmarks},
  year = {2023},
  eprint = {2310.11513},
  archiveprefix = {arXiv},
}
"""

TIFA = r"""
@inproceedings{hu2023tifa,
  author = {Hu, Yushi and Liu, Benlin and Kasai, Jungo and Wang, Yizhong and Ostendorf, Mari and
    Krishna, Ranjay and Smith, Noah A.},
  title = {{TIFA}: Accurate and Interpretable Text-to-Image Faithfulness Evaluation with Question
    Answering},
  booktitle = {ICCV},
  year = {2023},
  eprint = {2303.11897},
  archiveprefix = {arXiv},
}
"""

NUDENET = r"""
@misc{bedapudi2019nudenet,
  author = {Bedapudi, Praneeth},
  title = {{NudeNet}: Neural Nets for Nudity Classification, Detection and Selective Censoring},
  howpublished = {\url{https://github.com/notAI-tech/NudeNet}},
  year = {2019},
}
"""

DSG = r"""
@inproceedings{cho2024dsg,
  author = {Cho, Jaemin and Hu, Yushi and Baldridge, Jason and Garg, Roopal and Anderson, Peter and
    Krishna, Ranjay and Bansal, Mohit and Pont-Tuset, Jordi and Wang, Su},
  title = {Davidsonian Scene Graph: Improving Reliability in Fine-grained Evaluation for
    Text-to-Image Generation},
  booktitle = {ICLR},
  year = {2024},
  eprint = {2310.18235},
  archiveprefix = {arXiv},
}
"""

CLIPSCORE = r"""
@inproceedings{hessel2021clipscore,
  author = {Hessel, Jack and Holtzman, Ari and Forbes, Maxwell and Le Bras, Ronan and Choi, Yejin},
  title = {{CLIPScore}: A Reference-free Evaluation Metric for Image Captioning},
  booktitle = {EMNLP},
  year = {2021},
  eprint = {2104.08718},
  archiveprefix = {arXiv},
}
"""
